// The one order of values, and its beginnings as numbers.

#include <algorithm>
#include <bit>
#include <tuple>

#include "sockutils/value.h"

namespace sockutils {
namespace {

std::weak_ordering compare_addresses(const Address& a, const Address& b) {
  return std::tie(a.is_v6, a.bytes, a.scope_id) <=> std::tie(b.is_v6, b.bytes, b.scope_id);
}

std::weak_ordering compare_ends(const Endpoint& a, const Endpoint& b) {
  if (a.address && b.address) {
    const auto order = compare_addresses(*a.address, *b.address);
    if (order != 0) return order;
    return std::tuple(a.port.value_or(0), a.scope_id) <=> std::tuple(b.port.value_or(0), b.scope_id);
  }
  if (a.address.has_value() != b.address.has_value())
    return a.address ? std::weak_ordering::less : std::weak_ordering::greater;
  return std::tie(a.text, a.scope_id) <=> std::tie(b.text, b.scope_id);
}

std::weak_ordering compare_owners(std::span<const Owner> a, std::span<const Owner> b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                [](const Owner& x, const Owner& y) -> std::weak_ordering {
                                                  return std::tie(x.process->name, x.process->pid, x.fd) <=>
                                                         std::tie(y.process->name, y.process->pid, y.fd);
                                                });
}

std::weak_ordering compare_per_owner(const PerOwner& a, const PerOwner& b) {
  return std::lexicographical_compare_three_way(
      a.owners.begin(), a.owners.end(), b.owners.begin(), b.owners.end(),
      [&](const Owner& x, const Owner& y) { return compare(a.get(x), b.get(y)); });
}

struct Comparison {
  std::weak_ordering operator()(const Address& a, const Address& b) const { return compare_addresses(a, b); }
  std::weak_ordering operator()(const Endpoint& a, const Endpoint& b) const { return compare_ends(a, b); }
  std::weak_ordering operator()(std::span<const Owner> a, std::span<const Owner> b) const {
    return compare_owners(a, b);
  }
  std::weak_ordering operator()(const PerOwner& a, const PerOwner& b) const {
    return compare_per_owner(a, b);
  }
  std::weak_ordering operator()(const TextList& a, const TextList& b) const {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }
  std::weak_ordering operator()(Protocol a, Protocol b) const { return name(a) <=> name(b); }
  /// No value of the library is NaN.
  std::weak_ordering operator()(double a, double b) const {
    return a < b   ? std::weak_ordering::less
           : b < a ? std::weak_ordering::greater
                   : std::weak_ordering::equivalent;
  }
  template <class T>
  std::weak_ordering operator()(const T& a, const T& b) const {
    return a <=> b;
  }
  template <class A, class B>
  std::weak_ordering operator()(const A&, const B&) const {
    return std::weak_ordering::equivalent;
  }
};

std::weak_ordering compare_values(const Value& a, const Value& b) {
  if (a.index() != b.index()) return a.index() <=> b.index();
  return std::visit(Comparison{}, a, b);
}

/// What makes a number of a value, and whether all of the value is in it. Where a part of the number is said
/// to be free, those above it are 0.
struct Beginning {
  std::uint64_t number = 0;
  bool whole = false;
};

/// The first `bytes` bytes in the order of text. Behind them stands how many there were, so that a short text
/// is whole. The top `56 - 8 * bytes` bits are free.
Beginning beginning_of(std::string_view text, std::size_t bytes = 7) {
  Beginning beginning{0, text.size() <= bytes};
  for (std::size_t i = 0; i < bytes; ++i)
    beginning.number = beginning.number << 8 | (i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U);
  beginning.number = beginning.number << 8 | std::min(text.size(), bytes + 1);
  return beginning;
}

constexpr std::uint64_t TopBit = 1ull << 63;
constexpr std::uint64_t SecondBit = 1ull << 62;

/// IPv4 takes 49 bits: a scope, which no address of IPv4 has by rights, comes behind every port without one.
/// IPv6 takes 56 bits and the second.
Beginning beginning_of(const Address& address, std::uint16_t port = 0) {
  Beginning beginning;
  const std::size_t bytes = address.is_v6 ? 7 : 4;
  for (std::size_t i = 0; i < bytes; ++i) beginning.number = beginning.number << 8 | address.bytes[i];
  if (address.is_v6) return {beginning.number | SecondBit, false};
  const bool scoped = address.scope_id != 0;
  return {beginning.number << 17 | (scoped ? 1u << 16 : port), !scoped};
}

/// Each alternative: what differs in its number differs alike in `compare()`.
struct Prefix {
  Beginning operator()(bool value) const { return {value ? 1u : 0u, true}; }
  Beginning operator()(std::uint64_t value) const { return {value, true}; }
  Beginning operator()(std::string_view value) const { return beginning_of(value); }
  Beginning operator()(const Address& value) const { return beginning_of(value); }
  Beginning operator()(const Endpoint& value) const {
    const bool scoped = value.scope_id != 0;
    if (value.address) {
      const Beginning address = beginning_of(*value.address, value.port.value_or(0));
      return {address.number, address.whole && !scoped};
    }
    const Beginning text = beginning_of(value.text, 6);
    return {text.number | TopBit, text.whole && !scoped};
  }
  /// The bits of a number that is not negative are in its order; those of a negative one are turned round.
  Beginning operator()(double value) const {
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    return {(bits & TopBit) != 0 ? ~bits : bits | TopBit, true};
  }
  Beginning operator()(Family value) const { return {static_cast<std::uint64_t>(value), true}; }
  Beginning operator()(Protocol value) const { return beginning_of(name(value)); }
  Beginning operator()(State value) const { return {static_cast<std::uint64_t>(value), true}; }
  Beginning operator()(std::span<const Owner> owners) const {
    if (owners.empty()) return {0, true};
    const auto& first = owners.front().process->name;
    return {first ? beginning_of(*first, 6).number | TopBit : 1, false};
  }
  Beginning operator()(const PerOwner& list) const {
    if (list.owners.empty()) return {0, true};
    const OptionalValue first = list.get(list.owners.front());
    if (!first) return {TopBit | SecondBit, false};
    const SortPrefix prefix = sort_prefix(*first);
    return {TopBit | std::uint64_t{prefix.alternative} << 56 | prefix.number >> 8, false};
  }
  Beginning operator()(const TextList& list) const {
    if (list.empty()) return {0, true};
    return {beginning_of(*list.begin(), 6).number | TopBit, false};
  }
};

}  // namespace

std::weak_ordering compare(const OptionalValue& a, const OptionalValue& b, bool descending) {
  if (!a || !b) return b.has_value() <=> a.has_value();
  return descending ? compare_values(*b, *a) : compare_values(*a, *b);
}

SortPrefix sort_prefix(const Value& value) {
  const Beginning beginning = std::visit(Prefix{}, value);
  return {static_cast<std::uint8_t>(value.index()), beginning.whole, beginning.number};
}

}  // namespace sockutils
