#include "tui/view/render_rows.h"

#include <algorithm>

namespace tui {

RenderedRows::RenderedRows(const tools::Format& format, tools::Output& out, const tools::Terminal& terminal,
                           const Fields& columns, LeadingColumns leading)
    : columns_(columns), leading_(std::move(leading)), fields_(leading_.fields) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == &Sparkline) continue;
    fields_.push_back(columns[i]);
    places_.push_back(i);
  }
  renderer_ = format.make({.fields = fields_, .out = out, .terminal = terminal, .collection = "rows"});
  renderer_->begin();
}

void RenderedRows::add(const std::vector<const TableRow*>& rows) {
  std::vector<sockutils::OptionalValue> values;
  for (const TableRow* const row : rows) {
    values.clear();
    if (leading_.add) leading_.add(*row, values);
    for (const std::size_t place : places_) values.push_back(row->cells.value(place));
    renderer_->row(values);
  }
}

const tools::Format& format_of_file(std::string_view path) {
  const std::string_view ending = path.substr(path.rfind('.') + 1);
  const auto named = [](std::string_view name) {
    const auto all = tools::formats();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const tools::Format& format) { return format.name == name; });
    return found != all.end() ? &*found : nullptr;
  };
  const tools::Format* const format = named(ending);
  return format != nullptr && !ending.empty() ? *format : *named("csv");
}

}  // namespace tui
