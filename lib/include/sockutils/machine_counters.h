/// What a machine's network counts as a whole: segments, errors, sockets, interfaces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// What has passed through an interface since it is there, in one direction. Since: 0.1
struct InterfaceTraffic {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t errors = 0;
  std::uint64_t drops = 0;
};

/// An interface, as in /proc/net/dev. Since: 0.1
struct InterfaceCounters {
  /// Any bytes but blanks and a slash: `escape_text()` makes it safe for a terminal.
  std::string name;
  InterfaceTraffic in;
  InterfaceTraffic out;
};

/// The counters of one network namespace. What the kernel does not tell has no value. Those of the internet
/// protocols are of both versions of IP. Since: 0.1
struct MachineCounters {
  // /proc/net/snmp and snmp6
  std::optional<std::uint64_t> tcp_active_opens;   ///< connections begun
  std::optional<std::uint64_t> tcp_passive_opens;  ///< connections accepted
  std::optional<std::uint64_t> tcp_attempt_fails;  ///< connections that never came to be
  std::optional<std::uint64_t> tcp_resets;         ///< established connections that were reset
  std::optional<std::uint64_t> tcp_segments_in;
  std::optional<std::uint64_t> tcp_segments_out;  ///< without those sent again
  std::optional<std::uint64_t> tcp_retransmits;
  std::optional<std::uint64_t> udp_in;
  std::optional<std::uint64_t> udp_out;
  std::optional<std::uint64_t> udp_no_ports;  ///< datagrams that nobody waited for
  std::optional<std::uint64_t> udp_errors;  ///< datagrams that could not be delivered, full buffers included
  std::optional<std::uint64_t> udp_full_buffers;  ///< of these, for want of room in the receiving socket
  // /proc/net/netstat
  std::optional<std::uint64_t> listen_overflows;  ///< connections refused by a full accept queue
  std::optional<std::uint64_t> listen_drops;  ///< connections lost at a listener, for this or another reason
  // /proc/net/sockstat and sockstat6: as many as there are now
  std::optional<std::uint64_t> sockets;      ///< of all families
  std::optional<std::uint64_t> tcp_sockets;  ///< listeners included, TIME_WAIT not
  std::optional<std::uint64_t> tcp_orphans;  ///< connections that no process holds any more
  std::optional<std::uint64_t> tcp_time_wait;
  std::optional<std::uint64_t> udp_sockets;
  std::optional<std::uint64_t> tcp_memory_pages;  ///< pages of memory in use by TCP, machine-wide
  // /proc/net/dev
  std::vector<InterfaceCounters> interfaces;
};

/// Reads the counters of the calling thread's network namespace. A file that is not there leaves its values
/// absent. Errors: as open(2), when none of the files could be read. Thread safety: from any thread.
/// Sources: proc(5); Documentation/networking/snmp_counter.rst of the kernel. Since: 0.1
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters();

/// The same of another network namespace. Errors: as setns(2) too. Since: 0.1
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const NetworkNamespace& where);

class Recording;

/// Those that were recorded with a snapshot, of the network namespace that it began in. Errors: recordings of
/// before have none. Since: 0.1
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot);
/// The same of one of its namespaces, as `Recording::namespaces()` has it. Since: 0.1
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot,
                                                               const NetworkNamespace& where);

}  // namespace sockutils
