/// Pure parsers of files in /proc about the kernel's own use of sockets and its limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/bytes.h"

namespace sockutils {

/// The value `name` in the line `section` of /proc/net/sockstat or sockstat6: in `TCP: inuse 5 orphan 0 ...`
/// the value 5 for `TCP` and `inuse`.
std::optional<std::uint64_t> sockstat_value(std::string_view text, std::string_view section,
                                            std::string_view name);

/// The numbers in a file such as tcp_mem, which has three. Stops at the first word that is not a number.
std::vector<std::uint64_t> parse_numbers(std::string_view text);

/// The soft limit of open files in /proc/PID/limits; no value when it is unlimited.
std::optional<std::uint64_t> parse_open_files_limit(std::string_view text);

/// AT_PAGESZ in /proc/PID/auxv, with this machine's word size.
std::optional<std::uint64_t> parse_page_size(ByteView auxv);

/// The range of ephemeral ports.
class PortRange {
 public:
  /// Parses ip_local_port_range, `32768\t60999`, and ip_local_reserved_ports, `8080,9000-9010`. No value when
  /// the first is malformed; malformed parts of the second are left out.
  static std::optional<PortRange> parse(std::string_view range, std::string_view reserved);

  bool contains(std::uint64_t port) const;
  /// Number of ports in the range.
  std::uint64_t size() const;

 private:
  using Span = std::pair<std::uint16_t, std::uint16_t>;

  Span range_{};
  /// Within the range, ascending, without overlap.
  std::vector<Span> reserved_;
};

}  // namespace sockutils
