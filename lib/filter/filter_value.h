/// Values of the filter language: converts a single word to a number or a name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "filter/filter_node.h"
#include "sockutils/filter.h"

namespace sockutils::filter {

/// Why a word is not an acceptable value.
struct ValueFault {
  /// The part of the word that is wrong.
  std::string_view part;
  std::string message;
  std::string suggestion = {};
};

template <class T>
using ValueResult = tl::expected<T, ValueFault>;

/// `part` is a view into the faulty text.
inline tl::unexpected<ValueFault> fault(std::string_view part, std::string message,
                                        std::string_view suggestion = {}) {
  return tl::unexpected(ValueFault{part, std::move(message), std::string(suggestion)});
}

/// `text` in quotation marks, shortened if it is very long.
std::string quoted(std::string_view text);

/// A number as in C: decimal, hexadecimal with 0x, or octal with a leading 0, which is how `ss` reads ports
/// and marks.
std::optional<std::uint64_t> read_c_number(std::string_view text);

/// A number in the type's base unit, with or without a unit. A fraction must give a whole number of base
/// units.
ValueResult<std::uint64_t> read_quantity(std::string_view text, Type type);

/// A point in time as `2026-11-25`, `2026-11-25T10:30`, `2026-11-25T10:30:05Z`, `2026-11-25T10:30:05.000123Z`
/// (RFC 3339, always UTC), or as microseconds since 1970-01-01 00:00 UTC.
ValueResult<std::uint64_t> read_time(std::string_view text);

/// `0x10`, `0x10/0xf0`
ValueResult<MaskedNumber> read_masked(std::string_view text);

ValueResult<double> read_real(std::string_view text);
ValueResult<bool> read_flag(std::string_view text);
ValueResult<Family> read_family(std::string_view text);
ValueResult<Protocol> read_protocol(std::string_view text);
ValueResult<StateSet> read_states(std::string_view text);

/// Names of states and groups, for suggestions.
std::vector<std::string_view> state_words();

/// A port number, or a service name, which can stand for several ports.
ValueResult<std::vector<std::uint16_t>> read_ports(std::string_view text, const FilterNames& names);

/// A port, or the IP protocol of a raw socket.
struct PortNumber {
  std::uint16_t number;
  bool raw = false;
};

/// As `read_ports()`; also takes the name of an IP protocol, and `raw-89` for IP protocol 89.
ValueResult<std::vector<PortNumber>> read_ports_or_protocol(std::string_view text, const FilterNames& names);

/// An IP protocol by number or name.
ValueResult<std::uint32_t> read_ip_protocol(std::string_view text, const FilterNames& names);

ValueResult<std::uint32_t> read_interface(std::string_view text, const FilterNames& names);
ValueResult<std::uint32_t> read_user(std::string_view text, const FilterNames& names);

/// A path below the mount point of cgroup2, or an id.
ValueResult<std::uint64_t> read_cgroup(std::string_view text, const FilterNames& names);

}  // namespace sockutils::filter
