/// Writes rows with the renderers of the tools, for programs and files.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "render/renderer.h"
#include "tui/collect/frame.h"

namespace tui {

/// Columns before those of the table, and their values for a row.
struct LeadingColumns {
  Fields fields;
  std::function<void(const TableRow& row, std::vector<sockutils::OptionalValue>& values)> add;
};

/// One table or document. Columns that are drawn as graphs are left out.
class RenderedRows {
 public:
  /// `out` must outlive this.
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

/// The format for a file name, as in `x.json`; CSV by default.
const tools::Format& format_of_file(std::string_view path);

}  // namespace tui
