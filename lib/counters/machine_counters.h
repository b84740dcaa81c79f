/// Pure parsers of the counters in /proc/net.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sockutils/count.h"

namespace sockutils {

/// A value of /proc/net/snmp or netstat: two lines that begin with `section:`, names and then numbers. A
/// number that is negative, or no number, is no value.
std::optional<std::uint64_t> snmp_value(std::string_view text, std::string_view section,
                                        std::string_view name);

/// A value of /proc/net/snmp6: `name` and a number on each line.
std::optional<std::uint64_t> snmp6_value(std::string_view text, std::string_view name);

/// The interfaces of /proc/net/dev; lines that are cut or odd are left out.
std::vector<InterfaceCounters> parse_interfaces(std::string_view text);

}  // namespace sockutils
