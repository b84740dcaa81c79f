#include "pipeline/sort.h"

#include <algorithm>
#include <tuple>

namespace sockutils {
namespace {

std::weak_ordering compare_addresses(const Address& a, const Address& b) {
  return std::tie(a.is_v6, a.bytes, a.scope_id) <=> std::tie(b.is_v6, b.bytes, b.scope_id);
}

std::weak_ordering compare_ends(const Endpoint& a, const Endpoint& b) {
  if (a.address && b.address) {
    const auto order = compare_addresses(*a.address, *b.address);
    return order != 0 ? order : a.port.value_or(0) <=> b.port.value_or(0);
  }
  if (a.address.has_value() != b.address.has_value())
    return a.address ? std::weak_ordering::less : std::weak_ordering::greater;
  return a.text <=> b.text;
}

std::weak_ordering compare_owners(std::span<const Owner> a, std::span<const Owner> b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                [](const Owner& x, const Owner& y) -> std::weak_ordering {
                                                  return std::tie(x.process->name, x.process->pid, x.fd) <=>
                                                         std::tie(y.process->name, y.process->pid, y.fd);
                                                });
}

std::weak_ordering compare_optional(const OptionalValue& a, const OptionalValue& b) {
  if (a && b) return compare_values(*a, *b);
  return b.has_value() <=> a.has_value();
}

std::weak_ordering compare_lists(const PerOwner& a, const PerOwner& b) {
  return std::lexicographical_compare_three_way(
      a.owners.begin(), a.owners.end(), b.owners.begin(), b.owners.end(),
      [&](const Owner& x, const Owner& y) { return compare_optional(a.get(x), b.get(y)); });
}

struct Comparison {
  std::weak_ordering operator()(const Address& a, const Address& b) const { return compare_addresses(a, b); }
  std::weak_ordering operator()(const Endpoint& a, const Endpoint& b) const { return compare_ends(a, b); }
  std::weak_ordering operator()(std::span<const Owner> a, std::span<const Owner> b) const {
    return compare_owners(a, b);
  }
  std::weak_ordering operator()(const PerOwner& a, const PerOwner& b) const { return compare_lists(a, b); }
  std::weak_ordering operator()(const TextList& a, const TextList& b) const {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }
  std::weak_ordering operator()(double a, double b) const {
    return a < b   ? std::weak_ordering::less
           : b < a ? std::weak_ordering::greater
                   : std::weak_ordering::equivalent;
  }
  std::weak_ordering operator()(Protocol a, Protocol b) const { return name(a) <=> name(b); }
  template <class T>
  std::weak_ordering operator()(const T& a, const T& b) const {
    return a <=> b;
  }
  template <class A, class B>
  std::weak_ordering operator()(const A&, const B&) const {
    return std::weak_ordering::equivalent;
  }
};

/// How much text a value holds that would not outlive the row.
struct TextSize {
  std::size_t operator()(std::string_view value) const { return value.size(); }
  std::size_t operator()(const TextList& value) const { return value.packed().size(); }
  std::size_t operator()(const Endpoint& value) const {
    return value.text.size() + value.host.size() + value.scope.size();
  }
  template <class T>
  std::size_t operator()(const T&) const {
    return 0;
  }
};

/// Copies such text to `next`, where there is room for it.
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
    return kept;
  }
  template <class T>
  Value operator()(const T& value) const {
    return value;
  }
};

}  // namespace

std::weak_ordering compare(const OptionalValue& a, const OptionalValue& b, bool descending) {
  return a && b && descending ? compare_values(*b, *a) : compare_optional(a, b);
}

namespace {

std::weak_ordering compare_rows(Values a, Values b, std::span<const Plan::SortColumn> keys) {
  for (const Plan::SortColumn& key : keys) {
    const auto order = compare(a[key.column], b[key.column], key.descending);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering compare_values(const Value& a, const Value& b) {
  if (a.index() != b.index()) return a.index() <=> b.index();
  return std::visit(Comparison{}, a, b);
}

/// Whether one row comes before another; of equal ones the one that was there first does.
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

/// The rows are a heap, and its top is the last of them, which gives way to one that comes before it.
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
