#include "render/row_output.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "sockutils/value.h"

namespace tools {
namespace {

using RowValues = std::vector<sockutils::OptionalValue>;

std::weak_ordering compare_rows(const RowValues& a, const RowValues& b,
                                std::span<const sockutils::SortKey> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto order = sockutils::compare(a[i], b[i], keys[i].descending);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

RowOutput::RowOutput(const RowOutputSetup& setup)
    : setup_(setup), fields_(setup.fields.begin(), setup.fields.end()) {
  setup_.fields = fields_;
  const Format& format = format_of(setup.choice);
  const auto make = setup.is_live && format.is_interactive ? make_log : format.make;
  renderer_ = make({.fields = fields_,
                    .out = setup.out,
                    .terminal = examine_terminal(STDOUT_FILENO, setup.choice.colour),
                    .header = setup.choice.header,
                    .wanted = {},
                    .exact = columns_are_exact(setup.choice),
                    .collection = setup.collection});
  renderer_->begin();
}

/// For a person watching, it is a table of its own.
void RowOutput::write_list(std::string_view name, std::span<const sockutils::Field* const> fields,
                           std::span<const RowValues> rows) {
  if (!format_of(setup_.choice).is_interactive) return renderer_->append_list(name, fields, rows);
  setup_.out.text() += '\n';
  const auto table = make_table({.fields = fields,
                                 .out = setup_.out,
                                 .terminal = examine_terminal(STDOUT_FILENO, setup_.choice.colour),
                                 .header = setup_.choice.header});
  table->begin();
  for (const RowValues& row : rows) table->row(row);
  table->end({});
}

std::vector<std::size_t> order_of(std::span<const sockutils::Row* const> rows,
                                  std::span<const sockutils::SortKey> keys) {
  Fields fields;
  for (const sockutils::SortKey& key : keys) fields.push_back(key.field);
  std::vector<RowValues> values;
  for (const sockutils::Row* const row : rows) values.push_back(values_of(*row, fields));
  std::vector<std::size_t> places(rows.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return compare_rows(values[a], values[b], keys) < 0;
  });
  return places;
}

}  // namespace tools
