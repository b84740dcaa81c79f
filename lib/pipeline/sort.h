/// Rows that are held to be put in order.
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

/// Rows that outlive the socket that they came from, to be put in order and handed on: text is copied. The
/// owners that values point to are not; whoever holds the rows holds those too.
///
/// They stay values, where a `CompactRow` would take a tenth of the memory: each is handed out as it lies
/// here for as long as the store lives, and a packed one would first have to be unpacked into a place of its
/// own.
class RowStore {
 public:
  explicit RowStore(std::size_t columns) : columns_(columns) {}
  /// Holds only the `limit` rows that come first in this order: what comes later than all of them is not
  /// even copied.
  RowStore(std::size_t columns, std::size_t limit, std::vector<Plan::SortColumn> keys)
      : columns_(columns), limit_(limit), keys_(std::move(keys)) {}

  void add(Values row);
  /// A stable order: equal rows stay as they came. Absent values come last either way.
  void sort(std::span<const Plan::SortColumn> keys);
  std::size_t size() const { return rows_.size(); }
  Values operator[](std::size_t index) const { return rows_[index].values; }
  void clear() { rows_.clear(); }

 private:
  struct Held {
    std::vector<OptionalValue> values;
    /// What the views among the values point to.
    std::unique_ptr<char[]> text;
    /// Rows that came before it.
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
