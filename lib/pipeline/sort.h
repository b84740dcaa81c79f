/// Rows that are kept in memory to be sorted.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pipeline/plan.h"
#include "sockutils/value.h"

namespace sockutils {

/// Rows that outlive the socket that they came from, so that they can be sorted and delivered: text is
/// copied. The owners that values point to are not copied: the user of the rows must keep them.
///
/// The rows are kept as values, although a `CompactRow` would take a tenth of the memory: they are handed out
/// by reference for as long as the store lives, and packed rows would have to be unpacked into separate
/// memory.
class RowStore {
 public:
  explicit RowStore(std::size_t columns) : columns_(columns) {}
  /// Keeps only the first `limit` rows in this order; a row that comes after all of them is not even copied.
  RowStore(std::size_t columns, std::size_t limit, std::vector<Plan::SortColumn> keys)
      : columns_(columns), limit_(limit), keys_(std::move(keys)) {}

  void add(Values row);
  /// A stable sort. Absent values come last in either direction.
  void sort(std::span<const Plan::SortColumn> keys);
  std::size_t size() const { return rows_.size(); }
  Values operator[](std::size_t index) const { return rows_[index].values; }
  void clear() { rows_.clear(); }

 private:
  struct Held {
    std::vector<OptionalValue> values;
    /// The text that views among the values point to.
    std::unique_ptr<char[]> text;
    /// Number of rows added before it.
    std::size_t number;
  };
  struct Before;

  Held keep(Values row) const;
  void add_if_early(Values row);

  std::size_t columns_;
  std::optional<std::size_t> limit_;
  std::vector<Plan::SortColumn> keys_;
  std::vector<Held> rows_;
  std::size_t added_ = 0;
};

}  // namespace sockutils
