#include "pipeline/sort.h"

#include <algorithm>

namespace sockutils {
namespace {

/// The size of the text in a value that would not outlive the row.
struct TextSize {
  std::size_t operator()(std::string_view value) const { return value.size(); }
  std::size_t operator()(const TextList& value) const { return value.packed().size(); }
  std::size_t operator()(const Endpoint& value) const {
    return value.text.size() + value.host.size() + value.scope.size() + value.port_name.size();
  }
  template <class T>
  std::size_t operator()(const T&) const {
    return 0;
  }
};

/// Copies that text to `next`, which has room for it.
struct Keeper {
  char*& next;

  std::string_view keep(std::string_view text) const {
    if (text.empty()) return text;
    const char* const start = next;
    next = std::copy(text.begin(), text.end(), next);
    return {start, text.size()};
  }
  Value operator()(std::string_view value) const { return keep(value); }
  Value operator()(const TextList& value) const {
    // Sets of names point to constants.
    return value.packed().empty() ? value : TextList(keep(value.packed()));
  }
  Value operator()(const Endpoint& value) const {
    Endpoint kept = value;
    kept.text = keep(value.text);
    kept.host = keep(value.host);
    kept.scope = keep(value.scope);
    kept.port_name = keep(value.port_name);
    return kept;
  }
  template <class T>
  Value operator()(const T& value) const {
    return value;
  }
};

std::weak_ordering compare_rows(Values a, Values b, std::span<const Plan::SortColumn> keys) {
  for (const Plan::SortColumn& key : keys) {
    const auto order = compare(a[key.column], b[key.column], key.descending);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

/// Whether one row comes before another; of equal rows the one added first does.
struct RowStore::Before {
  std::span<const Plan::SortColumn> keys;

  bool operator()(const Held& a, const Held& b) const {
    const auto order = compare_rows(a.values, b.values, keys);
    return order != 0 ? order < 0 : a.number < b.number;
  }
};

RowStore::Held RowStore::keep(Values row) const {
  Held held{{}, nullptr, added_};
  std::size_t length = 0;
  for (const OptionalValue& value : row) length += value ? std::visit(TextSize{}, *value) : 0;
  if (length > 0) held.text.reset(new char[length]);
  char* next = held.text.get();
  held.values.reserve(columns_);
  for (const OptionalValue& value : row)
    held.values.push_back(value ? OptionalValue(std::visit(Keeper{next}, *value)) : std::nullopt);
  return held;
}

void RowStore::add(Values row) {
  limit_ ? add_if_early(row) : rows_.push_back(keep(row));
  ++added_;
}

/// The rows are a heap with the last row at the top, which is replaced by a row that comes before it.
void RowStore::add_if_early(Values row) {
  if (*limit_ == 0) return;
  const Before before{keys_};
  if (rows_.size() == *limit_) {
    if (compare_rows(row, rows_.front().values, keys_) >= 0) return;
    std::pop_heap(rows_.begin(), rows_.end(), before);
    rows_.pop_back();
  }
  rows_.push_back(keep(row));
  std::push_heap(rows_.begin(), rows_.end(), before);
}

void RowStore::sort(std::span<const Plan::SortColumn> keys) {
  std::sort(rows_.begin(), rows_.end(), Before{keys});
}

}  // namespace sockutils
