#include "sockutils/list.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "pipeline/group_content.h"
#include "pipeline/sort.h"
#include "sockutils/value.h"

namespace sockutils {
namespace {

using Kind = Aggregate::Kind;

/// The aggregated values of one field in one group.
struct Numbers {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  /// Kept in addition to `sum`, which saturates: its 64 bits of mantissa are enough for an average.
  long double total = 0;
  std::uint64_t minimum = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t maximum = 0;
  std::vector<std::uint64_t> values;
  std::unordered_set<std::string> distinct;

  void add(std::uint64_t value) {
    ++count;
    sum = value > std::numeric_limits<std::uint64_t>::max() - sum ? std::numeric_limits<std::uint64_t>::max()
                                                                  : sum + value;
    total += static_cast<long double>(value);
    minimum = std::min(minimum, value);
    maximum = std::max(maximum, value);
  }
};

struct Group {
  std::uint64_t sockets = 0;
  /// The last socket counted in this group.
  std::uint64_t last_row = 0;
  std::vector<Numbers> numbers;
};

/// Nearest rank: the value at ceil(p / 100 * n), the first one for p0.
std::uint64_t percentile_of(std::vector<std::uint64_t>& values, std::uint32_t thousandths) {
  constexpr std::uint64_t Whole = 100'000;
  const std::uint64_t n = values.size();
  // Computed in two parts, so that the product stays far below 64 bits.
  const std::uint64_t rank = n / Whole * thousandths + (n % Whole * thousandths + Whole - 1) / Whole;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank == 0 ? 0 : rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

OptionalValue result_of(const Aggregate& aggregate, Numbers& numbers) {
  if (aggregate.kind == Kind::Distinct) return std::uint64_t{numbers.distinct.size()};
  if (numbers.count == 0) return std::nullopt;
  if (aggregate.kind == Kind::Sum) return numbers.sum;
  if (aggregate.kind == Kind::Minimum) return numbers.minimum;
  if (aggregate.kind == Kind::Maximum) return numbers.maximum;
  if (aggregate.kind == Kind::Percentile) return percentile_of(numbers.values, aggregate.percentile);
  return static_cast<std::uint64_t>(numbers.total / static_cast<long double>(numbers.count) + 0.5L);
}

/// Appends bytes that distinguish a value from all others of its field.
void append_identity(std::string& key, const OptionalValue& value, Type type) {
  if (!value) {
    key += 'a';
    return;
  }
  std::string text;
  append_value(text, *value, type, Style::Plain);
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

std::string owner_text(const Owner& owner) {
  return owner.process->name.value_or("?") + "/" + std::to_string(owner.process->pid);
}

/// The owners of a value with one entry per owner.
std::optional<std::span<const Owner>> owners_of(const OptionalValue& value) {
  if (!value) return std::nullopt;
  if (const auto* owners = std::get_if<std::span<const Owner>>(&*value)) return *owners;
  if (const auto* list = std::get_if<PerOwner>(&*value)) return list->owners;
  return std::nullopt;
}

/// The value of one owner, or absent when there is none; `text` holds what it points to.
OptionalValue value_of_owner(const Value& value, const Owner* owner, std::string& text) {
  if (owner == nullptr) return std::nullopt;
  if (const auto* list = std::get_if<PerOwner>(&value)) return list->get(*owner);
  text = owner_text(*owner);
  return std::string_view(text);
}

}  // namespace

struct Groups::Content {
  explicit Content(Grouping::Content const& what)
      : spec(what), keys(what.by.size()), result(what.output.size()), texts(what.by.size()) {
    if (spec.by.empty()) find_group();
  }

  void add(Values row) {
    ++rows;
    std::optional<std::span<const Owner>> owners;
    for (std::size_t i = 0; i < spec.by.size() && !owners; ++i) owners = owners_of(row[i]);
    if (!owners || owners->empty()) return add_for(row, nullptr);
    for (const Owner& owner : *owners) add_for(row, &owner);
  }

  /// The fields of `by` are the first in a row.
  void add_for(Values row, const Owner* owner) {
    key_values.clear();
    for (std::size_t i = 0; i < spec.by.size(); ++i)
      key_values.push_back(owners_of(row[i]) ? value_of_owner(*row[i], owner, texts[i]) : row[i]);
    Group& group = find_group();
    const bool first = group.last_row != rows;
    group.last_row = rows;
    if (first) ++group.sockets;
    for (std::size_t i = 0; i < spec.measured.size(); ++i)
      measure(group.numbers[i], spec.measured[i], row[spec.measured[i].column], owner, first);
  }

  Group& find_group() {
    key.clear();
    for (std::size_t i = 0; i < key_values.size(); ++i) append_identity(key, key_values[i], spec.by[i]->type);
    const auto [place, is_new] = by_key.try_emplace(key, groups.size());
    if (is_new) {
      keys.add(key_values);
      groups.push_back({0, 0, std::vector<Numbers>(spec.measured.size())});
    }
    return groups[place->second];
  }

  /// Values of the socket count once in each group, values of owners once for each owner.
  static void measure(Numbers& numbers, const Grouping::Content::Measured& what, const OptionalValue& value,
                      const Owner* owner, bool first) {
    const auto owners = owners_of(value);
    if (!owners) {
      if (first) take(numbers, what, value);
      return;
    }
    std::string text;
    for (const Owner& one : owner != nullptr ? std::span(owner, 1) : *owners)
      take(numbers, what, value_of_owner(*value, &one, text));
  }

  static void take(Numbers& numbers, const Grouping::Content::Measured& what, const OptionalValue& value) {
    if (!value) return;
    if (what.distinct) {
      std::string identity;
      append_identity(identity, value, what.type);
      numbers.distinct.insert(std::move(identity));
    }
    const auto* const number = std::get_if<std::uint64_t>(&*value);
    if (number == nullptr) return;
    numbers.add(*number);
    if (what.values) numbers.values.push_back(*number);
  }

  std::vector<Plan::SortColumn> columns_of(std::span<const SortKey> order) const {
    std::vector<Plan::SortColumn> columns;
    for (const SortKey& sort_key : order) {
      const auto found = std::find(spec.output.begin(), spec.output.end(), sort_key.field);
      if (found == spec.output.end()) continue;
      columns.push_back({static_cast<std::size_t>(found - spec.output.begin()), sort_key.descending});
    }
    if (order.empty()) columns.push_back({spec.by.size(), true});
    for (std::size_t i = 0; i < spec.by.size(); ++i) columns.push_back({i, false});
    return columns;
  }

  std::size_t finish(std::span<const SortKey> order, std::optional<std::size_t> limit) {
    const std::vector<Plan::SortColumn> columns = columns_of(order);
    result = limit ? RowStore(spec.output.size(), *limit, columns) : RowStore(spec.output.size());
    std::vector<OptionalValue> row;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      row.assign(keys[i].begin(), keys[i].end());
      for (std::size_t a = 0; a < spec.aggregates.size(); ++a)
        row.push_back(spec.aggregates[a].kind == Kind::Count
                          ? OptionalValue(groups[i].sockets)
                          : result_of(spec.aggregates[a], groups[i].numbers[spec.measured_by[a]]));
      result.add(row);
    }
    result.sort(columns);
    return groups.size();
  }

  const Grouping::Content& spec;
  std::uint64_t rows = 0;
  std::unordered_map<std::string, std::size_t> by_key;
  RowStore keys;
  std::vector<Group> groups;
  RowStore result;
  // For the socket being added.
  std::string key;
  std::vector<OptionalValue> key_values;
  std::vector<std::string> texts;
};

Groups::Groups(Grouping grouping)
    : grouping_(std::move(grouping)), content_(std::make_unique<Content>(*grouping_.content_)) {}
Groups::~Groups() = default;
Groups::Groups(Groups&&) noexcept = default;
Groups& Groups::operator=(Groups&&) noexcept = default;

void Groups::add(Values row) { content_->add(row); }

std::size_t Groups::finish(std::span<const SortKey> order, std::optional<std::size_t> limit) {
  return content_->finish(order, limit);
}

std::size_t Groups::size() const { return content_->result.size(); }

Values Groups::operator[](std::size_t index) const { return content_->result[index]; }

}  // namespace sockutils
