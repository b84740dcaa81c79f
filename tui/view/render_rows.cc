#include "tui/view/render_rows.h"

#include <algorithm>

namespace tui {

void render_rows(const tools::Format& format, tools::Output& out, const tools::Terminal& terminal,
                 const Fields& columns, const std::vector<const TableRow*>& rows,
                 const LeadingColumns& leading) {
  Fields fields = leading.fields;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == &Sparkline) continue;
    fields.push_back(columns[i]);
    places.push_back(i);
  }
  const auto renderer =
      format.make({.fields = fields, .out = out, .terminal = terminal, .collection = "rows"});
  renderer->begin();
  std::vector<sockutils::OptionalValue> values;
  for (const TableRow* const row : rows) {
    values.clear();
    if (leading.add) leading.add(*row, values);
    for (const std::size_t place : places) values.push_back(row->cells.value(place));
    renderer->row(values);
  }
  renderer->end({});
}

const tools::Format& format_named(std::string_view name) {
  const auto all = tools::formats();
  return *std::find_if(all.begin(), all.end(),
                       [&](const tools::Format& format) { return format.name == name; });
}

}  // namespace tui
