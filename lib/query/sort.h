/// Order among values, and rows that are held to be put in order.
#pragma once

#include <compare>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "query/plan.h"
#include "sockutils/value.h"

namespace sockutils {

/// Numbers by size, text by bytes, addresses as numbers (IPv4 before IPv6), lists by their elements.
/// Values of different types are not compared with one another: they come by type.
std::weak_ordering compare_values(const Value& a, const Value& b);

/// Rows that outlive the socket that they came from: text is copied. The owners that values point to
/// are not; whoever holds the rows holds those too.
class RowStore {
 public:
  explicit RowStore(std::size_t columns) : columns_(columns) {}

  void add(Values row);
  /// A stable order: equal rows stay as they came. Absent values come last either way.
  void sort(std::span<const Plan::SortColumn> keys);
  std::size_t size() const { return rows_.size(); }
  Values operator[](std::size_t index) const;
  void clear();

 private:
  std::size_t columns_;
  std::deque<std::vector<OptionalValue>> rows_;
  std::deque<std::string> texts_;
};

}  // namespace sockutils
