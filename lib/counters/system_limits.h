/// What the kernel says of its own use of sockets and of their limits: pure parsers of files in /proc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/bytes.h"

namespace sockutils {

/// `name` in the line of `section` of /proc/net/sockstat or sockstat6: of `TCP: inuse 5 orphan 0 ...`
/// the 5 for `TCP` and `inuse`.
std::optional<std::uint64_t> sockstat_value(std::string_view text, std::string_view section,
                                            std::string_view name);

/// The numbers of a file such as tcp_mem, which has three. Ends before the first word that is none.
std::vector<std::uint64_t> parse_numbers(std::string_view text);

/// The soft limit of open files in /proc/PID/limits; no value when it is unlimited.
std::optional<std::uint64_t> parse_open_files_limit(std::string_view text);

/// AT_PAGESZ of /proc/PID/auxv, in the layout of this machine's words.
std::optional<std::uint64_t> parse_page_size(ByteView auxv);

/// Ports that the kernel chooses from.
class PortRange {
 public:
  /// The text of ip_local_port_range, `32768\t60999`, and of ip_local_reserved_ports, `8080,9000-9010`. No
  /// value when the first is broken; what is broken in the second is left out.
  static std::optional<PortRange> parse(std::string_view range, std::string_view reserved);

  bool contains(std::uint64_t port) const;
  /// Ports in it.
  std::uint64_t size() const;

 private:
  using Span = std::pair<std::uint16_t, std::uint16_t>;

  Span range_{};
  /// Within the range, ascending, apart from one another.
  std::vector<Span> reserved_;
};

}  // namespace sockutils
