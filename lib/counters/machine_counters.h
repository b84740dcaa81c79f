/// Pure parsers of the counters in /proc/net.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sockutils/count.h"

namespace sockutils {

/// A value from /proc/net/snmp or netstat: two lines that begin with `section:`, the first with names and the
/// second with numbers. No value for a negative number or other text.
std::optional<std::uint64_t> snmp_value(std::string_view text, std::string_view section,
                                        std::string_view name);

/// A value from /proc/net/snmp6: each line is a name and a number.
std::optional<std::uint64_t> snmp6_value(std::string_view text, std::string_view name);

/// The interfaces in /proc/net/dev; malformed lines are left out.
std::vector<InterfaceCounters> parse_interfaces(std::string_view text);

}  // namespace sockutils
