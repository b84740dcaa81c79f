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

/// Which connections in TIME_WAIT the kernel replaces by a new connection to the same destination
/// (tcp_twsk_unique() in net/ipv4/tcp_ipv4.c). Their ports are available, not in use.
class TimeWaitReuse {
 public:
  /// The texts of tcp_tw_reuse, tcp_tw_reuse_delay and tcp_timestamps. When the first is empty, nothing is
  /// reused; the defaults of the others are 1000 ms and 1.
  static TimeWaitReuse parse(std::string_view reuse, std::string_view delay, std::string_view timestamps);

  /// `expires`: the time until TIME_WAIT ends, in microseconds.
  bool gives_port(bool loopback, std::uint64_t expires) const;

 private:
  enum class Where : std::uint8_t { Nowhere, Everywhere, Loopback };

  Where where_ = Where::Nowhere;
  /// The port is available when less than this time is left, in microseconds.
  std::uint64_t longest_rest_ = 0;
};

}  // namespace sockutils
