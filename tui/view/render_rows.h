/// Rows through a renderer of the tools, for programs and files.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "render/renderer.h"
#include "tui/collect/frame.h"

namespace tui {

/// Columns in front of those of a table, and what they hold of a row.
struct LeadingColumns {
  Fields fields;
  std::function<void(const TableRow& row, std::vector<sockutils::OptionalValue>& values)> add;
};

/// One table, or document, of rows. Columns that are drawn rather than written are left out.
class RenderedRows {
 public:
  /// `out` outlives this.
  RenderedRows(const tools::Format& format, tools::Output& out, const tools::Terminal& terminal,
               const Fields& columns, LeadingColumns leading = {});
  void add(const std::vector<const TableRow*>& rows);
  void end() { renderer_->end({}); }
  const Fields& columns() const { return columns_; }

 private:
  Fields columns_;
  LeadingColumns leading_;
  std::vector<std::size_t> places_;
  Fields fields_;
  std::unique_ptr<tools::Renderer> renderer_;
};

/// The format that a file is named after, as in `x.json`; CSV when it is none.
const tools::Format& format_of_file(std::string_view path);

}  // namespace tui
