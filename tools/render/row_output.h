/// Writes rows of any kind.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "render/row_choice.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"

namespace tools {

struct RowOutputSetup {
  const RowChoice& choice;
  std::span<const sockutils::Field* const> fields;
  Output& out;
  std::string_view collection = "results";
  /// Rows arrive over time and should be shown at once.
  bool is_live = false;
};

/// Writes the selected fields of rows in the selected format.
class RowOutput {
 public:
  explicit RowOutput(const RowOutputSetup& setup);

  void row(const sockutils::Row& row) { renderer_->row(values_of(row, fields_)); }
  void end_group() { renderer_->end_group(); }
  /// Appends rows of another kind, after all others.
  template <class R>
  void append_list(std::string_view name, const sockutils::FieldTable& table, const std::deque<R>& rows) {
    std::vector<std::vector<sockutils::OptionalValue>> values;
    for (const R& row : rows) values.push_back(values_of(row, table.fields()));
    write_list(name, table.fields(), values);
  }
  void end(std::span<const sockutils::Warning> warnings) { renderer_->end(warnings); }

 private:
  void write_list(std::string_view name, std::span<const sockutils::Field* const> fields,
                  std::span<const std::vector<sockutils::OptionalValue>> rows);

  RowOutputSetup setup_;
  Fields fields_;
  std::unique_ptr<Renderer> renderer_;
};

/// The order of rows by `keys`, as indices; the order of equal rows is kept.
std::vector<std::size_t> order_of(std::span<const sockutils::Row* const> rows,
                                  std::span<const sockutils::SortKey> keys);

/// The same for rows of one kind.
template <class R>
std::vector<const R*> in_order(const std::deque<R>& rows, std::span<const sockutils::SortKey> keys) {
  std::vector<const sockutils::Row*> pointers;
  for (const R& row : rows) pointers.push_back(&row);
  std::vector<const R*> sorted;
  for (const std::size_t place : order_of(pointers, keys)) sorted.push_back(&rows[place]);
  return sorted;
}

}  // namespace tools
