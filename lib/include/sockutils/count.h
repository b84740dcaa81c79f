/// Counters of a machine: its protocols and interfaces, rates between two readings, and packets.
///
///     const auto counters = read_machine_counters();
///     for (const InterfaceCounters& interface : counters->interfaces)
///       if (interface.name == "lo") std::cout << interface.in.bytes << " bytes\n";  // prints: ... bytes
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/namespaces.h"
#include "sockutils/value.h"

namespace sockutils {

// ----------------------------------------------------------------------------------------------------
// Counters of a whole machine: segments, errors, sockets, interfaces.

/// Traffic through an interface since it was created, in one direction.
struct InterfaceTraffic {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t errors = 0;
  std::uint64_t drops = 0;
};

/// An interface, as in /proc/net/dev.
struct InterfaceCounters {
  /// Any bytes except blanks and slashes: `escape_text()` makes it safe for a terminal.
  std::string name;
  InterfaceTraffic in;
  InterfaceTraffic out;
};

/// The counters of one network namespace. A counter that the kernel does not have has no value. Those of TCP
/// and UDP are sums over IPv4 and IPv6.
struct MachineCounters {
  // /proc/net/snmp and snmp6
  std::optional<std::uint64_t> tcp_active_opens;   ///< connections begun
  std::optional<std::uint64_t> tcp_passive_opens;  ///< connections accepted
  std::optional<std::uint64_t> tcp_attempt_fails;  ///< connections that could not be established
  std::optional<std::uint64_t> tcp_resets;         ///< established connections that were reset
  std::optional<std::uint64_t> tcp_segments_in;
  std::optional<std::uint64_t> tcp_segments_out;  ///< without retransmitted ones
  std::optional<std::uint64_t> tcp_retransmits;
  std::optional<std::uint64_t> udp_in;
  std::optional<std::uint64_t> udp_out;
  std::optional<std::uint64_t> udp_no_ports;  ///< datagrams to ports on which nothing listens
  std::optional<std::uint64_t> udp_errors;  ///< datagrams that could not be delivered, full buffers included
  std::optional<std::uint64_t> udp_full_buffers;  ///< of these, dropped because the socket was full
  // /proc/net/netstat
  std::optional<std::uint64_t> listen_overflows;  ///< connections refused because the accept queue was full
  std::optional<std::uint64_t> listen_drops;  ///< connections lost at a listener, for this or another reason
  // /proc/net/sockstat and sockstat6: current numbers
  std::optional<std::uint64_t> sockets;      ///< of all families
  std::optional<std::uint64_t> tcp_sockets;  ///< listeners included, TIME_WAIT not
  std::optional<std::uint64_t> tcp_orphans;  ///< connections that no process holds any longer
  std::optional<std::uint64_t> tcp_time_wait;
  std::optional<std::uint64_t> udp_sockets;
  std::optional<std::uint64_t> tcp_memory_pages;  ///< pages of memory in use by TCP, machine-wide
  // /proc/net/dev
  std::vector<InterfaceCounters> interfaces;
};

/// Reads the counters of the calling thread's network namespace. Counters of a missing file are absent.
/// Errors: as open(2), when none of the files could be read. Thread safety: from any thread. Sources:
/// proc(5); Documentation/networking/snmp_counter.rst of the kernel.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters();

/// The same for another network namespace. Errors: also as setns(2).
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const NetworkNamespace& where);

class Recording;

/// The counters recorded with a snapshot, for the network namespace in which the recording was started.
/// Errors: older recordings have none.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot);
/// The same for one of its namespaces, as `Recording::namespaces()` gives it.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot,
                                                               const NetworkNamespace& where);

// ----------------------------------------------------------------------------------------------------
// From counters to rates: what happened to a connection between two readings.
//
// Pure arithmetic without input or clock. All functions are safe from any thread.

/// The counters of a connection at one moment, as in tcp_info. What the kernel did not say has no value.
struct CounterReading {
  std::chrono::steady_clock::time_point time{};
  /// `tcp_bytes_received`.
  std::optional<std::uint64_t> bytes_in = {};
  /// `tcp_bytes_acked`: the bytes that arrived at the other end.
  std::optional<std::uint64_t> bytes_out = {};
  /// `tcp_total_retrans` and `tcp_segs_out`, which are 32-bit counters and wrap around.
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// The difference between two readings.
struct CounterChange {
  std::optional<std::uint64_t> bytes_in = {};
  std::optional<std::uint64_t> bytes_out = {};
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// The change per second.
struct Rates {
  std::optional<double> bytes_in = {};
  std::optional<double> bytes_out = {};
  std::optional<double> retransmits = {};
};

/// The increase of a counter of `bits` bits. A narrow counter that is smaller than before has wrapped around
/// once. One of 64 bits never wraps: a smaller value is from another counter, and there is no result. No
/// result either when one of the two is absent.
SOCKUTILS_EXPORT std::optional<std::uint64_t> counter_difference(std::optional<std::uint64_t> before,
                                                                 std::optional<std::uint64_t> now,
                                                                 unsigned bits = 64);

/// `difference` per second of `elapsed`. No value without a difference, or when less than a millisecond has
/// passed, because the quotient would be meaningless.
SOCKUTILS_EXPORT std::optional<double> per_second(std::optional<std::uint64_t> difference,
                                                  std::chrono::nanoseconds elapsed);

/// The change from one reading of a connection to a later one.
SOCKUTILS_EXPORT CounterChange change_between(const CounterReading& before, const CounterReading& now);

/// The change of a connection that did not exist at the previous reading: all that it has counted.
SOCKUTILS_EXPORT CounterChange change_since_birth(const CounterReading& now);

SOCKUTILS_EXPORT Rates rates_of(const CounterChange& change, std::chrono::nanoseconds elapsed);

/// The retransmitted fraction of the segments sent, 0 to 1; no value when none was sent.
SOCKUTILS_EXPORT std::optional<double> retransmitted_part(const CounterChange& change);

// ----------------------------------------------------------------------------------------------------
// Traffic per flow, by counting packets: for what the kernel has no counters for, namely UDP, ICMP, raw
// sockets, and what this machine forwards.
//
// Only headers are read. Needs CAP_NET_RAW in the user namespace that owns the network namespace, packet(7).

/// Packets between the same two ends, in one direction.
struct TrafficFlow {
  bool outgoing = false;
  /// Sent to more than one receiver: broadcast or multicast.
  bool to_many = false;
  /// IANA protocol number.
  std::uint8_t protocol = 0;
  /// Index of the interface that has the address: a bridge or bond itself rather than its port.
  std::uint32_t interface = 0;
  /// The source of outgoing packets, the destination of incoming ones.
  Address local;
  Address peer;
  /// 0 for protocols without ports. For an ICMP echo, `local_port` is the identifier if a program on this
  /// machine sent the request (outgoing requests, incoming replies).
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// The other end is unknown: there are so many that they are no longer told apart.
  bool many_peers = false;
  /// `local` is an address of this machine, or unspecified (`0.0.0.0`, no address assigned yet), or packets
  /// go to many receivers.
  bool own = true;

  std::uint64_t packets = 0;
  /// The payload that programs wrote or read: without the headers of UDP, UDP-Lite, TCP, SCTP and DCCP; for
  /// other protocols without the IP header.
  std::uint64_t bytes = 0;
  /// Whole IP packets, plus 14 bytes on Ethernet: what interfaces count.
  std::uint64_t wire_bytes = 0;
};

/// Traffic since the previous call.
struct Traffic {
  std::vector<TrafficFlow> flows;
  /// Packets that the kernel had no room for: they are missing above.
  std::uint64_t lost = 0;
  /// Packets that were not counted in a flow: their headers could not be read, or there were too many flows.
  std::uint64_t unclear = 0;
  /// Why counting has ended; no value while it continues.
  std::optional<Error> failure;
  /// TCP is no longer counted, because there was too much. Forwarded TCP packets are missing.
  bool without_tcp = false;
};

/// Counts the traffic through the interfaces of a network namespace, on a thread of its own. Each packet is
/// counted once, at the interface that has the address; on loopback once for each of its two ends.
///
/// TCP from and to addresses of this machine is not counted, and costs nothing: connections have counters of
/// their own, see `CounterReading`.
///
/// Not seen: multicast that is looped back to the sending machine (PACKET_LOOPBACK in net/packet/af_packet.c:
/// packet sockets never get it), and frames that a bridge forwards between other machines.
///
/// Thread safety: not for use by several threads at once.
class SOCKUTILS_EXPORT TrafficMeter {
 public:
  /// Counts in the calling thread's network namespace, or in `where`. Counting has begun when it returns.
  /// Errors: EPERM without the right to capture; as setns(2); no code when this was built without libpcap.
  static Result<TrafficMeter> start(const std::optional<NetworkNamespace>& where = std::nullopt);

  ~TrafficMeter();
  TrafficMeter(TrafficMeter&&) noexcept;
  TrafficMeter& operator=(TrafficMeter&&) noexcept;

  /// The traffic since the previous call.
  Traffic take();

  class Content;
  explicit TrafficMeter(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

/// Whether this build can capture packets at all.
SOCKUTILS_EXPORT bool has_capture();

}  // namespace sockutils
