/// Rows through a renderer of the tools, for programs and files.
#pragma once

#include <functional>
#include <vector>

#include "render/renderer.h"
#include "tui/collect/frame.h"

namespace tui {

/// Columns in front of those of a table, and what they hold of a row.
struct LeadingColumns {
  Fields fields;
  std::function<void(const TableRow& row, std::vector<sockutils::OptionalValue>& values)> add;
};

/// Columns that are drawn rather than written are left out.
void render_rows(const tools::Format& format, tools::Output& out, const tools::Terminal& terminal,
                 const Fields& columns, const std::vector<const TableRow*>& rows,
                 const LeadingColumns& leading = {});

/// By its name, which has to be one.
const tools::Format& format_named(std::string_view name);

}  // namespace tui
