/// Host conditions: `10.0.0.0/8:443`, `[fe80::]/10`, `*:ssh`, `0.0.0.0%eth0:179`, `unix:/run/*`,
/// `link:ip:eth0`, ...
#pragma once

#include <string_view>
#include <vector>

#include "filter/filter_value.h"

namespace sockutils::filter {

/// Reads what may follow `src` or `dst`. A name that stands for several addresses or ports gives several
/// patterns, any of which may match.
ValueResult<std::vector<HostPattern>> read_host(std::string_view text, const FilterNames& names);

/// Reads an address without a port.
ValueResult<std::vector<Prefix>> read_address(std::string_view text, const FilterNames& names);

/// What may follow `sport` or `dport`.
struct PortValue {
  std::optional<Family> family;
  std::vector<std::uint32_t> ports;
  /// `*`: any port.
  bool any = false;
  /// IP protocols of raw sockets, which they have instead of ports.
  std::vector<std::uint32_t> raw = {};
};

/// Reads `:443`, `*:https`, `inet6:443`, `:icmp`, `netlink:kernel`, ...
ValueResult<PortValue> read_port_condition(std::string_view text, const FilterNames& names);

/// A family before the first colon, and the rest of the text.
struct FamilyPrefix {
  std::optional<Family> family;
  std::string_view rest;
};

/// Splits `inet6:` off the beginning. Errors: a family of `ss` that this library does not list.
ValueResult<FamilyPrefix> split_family(std::string_view text);

/// Appends a pattern in its canonical form, not quoted.
void append_pattern(std::string& out, const HostPattern& pattern);

}  // namespace sockutils::filter
