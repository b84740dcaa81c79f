/// What a machine counts: its protocols and interfaces, the rates between two looks, and packets.
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
// What a machine's network counts as a whole: segments, errors, sockets, interfaces.

/// What has passed through an interface since it is there, in one direction.
struct InterfaceTraffic {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t errors = 0;
  std::uint64_t drops = 0;
};

/// An interface, as in /proc/net/dev.
struct InterfaceCounters {
  /// Any bytes but blanks and a slash: `escape_text()` makes it safe for a terminal.
  std::string name;
  InterfaceTraffic in;
  InterfaceTraffic out;
};

/// The counters of one network namespace. What the kernel does not tell has no value. Those of the internet
/// protocols are of both versions of IP.
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
/// Sources: proc(5); Documentation/networking/snmp_counter.rst of the kernel.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters();

/// The same of another network namespace. Errors: as setns(2) too.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const NetworkNamespace& where);

class Recording;

/// Those that were recorded with a snapshot, of the network namespace that it began in. Errors: recordings of
/// before have none.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot);
/// The same of one of its namespaces, as `Recording::namespaces()` has it.
SOCKUTILS_EXPORT Result<MachineCounters> read_machine_counters(const Recording& recording,
                                                               std::size_t snapshot,
                                                               const NetworkNamespace& where);

// ----------------------------------------------------------------------------------------------------
// From counters to rates: what happened to a connection between two looks at it.
//
// Pure arithmetic: it reads nothing and knows no clock. All functions are safe from any thread.

/// The counters of a connection at one moment, as tcp_info has them. What the kernel did not say has no
/// value.
struct CounterReading {
  std::chrono::steady_clock::time_point time{};
  /// `tcp_bytes_received`.
  std::optional<std::uint64_t> bytes_in = {};
  /// `tcp_bytes_acked`: what has arrived at the other end.
  std::optional<std::uint64_t> bytes_out = {};
  /// `tcp_total_retrans` and `tcp_segs_out`, which are numbers of 32 bits that begin again at 0.
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// What was counted between two readings.
struct CounterChange {
  std::optional<std::uint64_t> bytes_in = {};
  std::optional<std::uint64_t> bytes_out = {};
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// A second's worth of it.
struct Rates {
  std::optional<double> bytes_in = {};
  std::optional<double> bytes_out = {};
  std::optional<double> retransmits = {};
};

/// How far a counter of `bits` bits has come. A narrow one that is smaller than before has begun again at 0,
/// once; one of 64 bits never does: it is another counter, and there is no value. No value either when one
/// of the two is absent.
SOCKUTILS_EXPORT std::optional<std::uint64_t> counter_difference(std::optional<std::uint64_t> before,
                                                                 std::optional<std::uint64_t> now,
                                                                 unsigned bits = 64);

/// `difference` as a number for each second of `elapsed`. No value without a difference, or when so little
/// time (less than a millisecond), or none, has passed that the quotient would say nothing.
SOCKUTILS_EXPORT std::optional<double> per_second(std::optional<std::uint64_t> difference,
                                                  std::chrono::nanoseconds elapsed);

/// From one reading of a connection to a later one.
SOCKUTILS_EXPORT CounterChange change_between(const CounterReading& before, const CounterReading& now);

/// All that a connection has counted, for one that was not there before.
SOCKUTILS_EXPORT CounterChange change_since_birth(const CounterReading& now);

SOCKUTILS_EXPORT Rates rates_of(const CounterChange& change, std::chrono::nanoseconds elapsed);

/// The part of the segments sent that were sent again, 0 to 1; no value when none was sent.
SOCKUTILS_EXPORT std::optional<double> retransmitted_part(const CounterChange& change);

// ----------------------------------------------------------------------------------------------------
// Who sends how much to whom, by counting packets. For what the kernel keeps no counters of: UDP, ICMP, raw
// sockets, and what this machine forwards.
//
// Only headers are looked at. Takes CAP_NET_RAW in the user namespace of the network namespace, packet(7).

/// Packets with the same ends, in one direction.
struct TrafficFlow {
  bool outgoing = false;
  /// It came to more than one: broadcast or multicast.
  bool to_many = false;
  /// IANA protocol number.
  std::uint8_t protocol = 0;
  /// Index of the interface that has the address: not the port of a bridge or a bond, but that itself.
  std::uint32_t interface = 0;
  /// The source of what goes out, the destination of what comes in.
  Address local;
  Address peer;
  /// 0 for protocols without ports. The identifier of an ICMP echo is `local_port` where a program of this
  /// machine asked (requests that go out, answers that come in).
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// Nothing is known of the other end: with so many of them they are no longer told apart.
  bool many_peers = false;
  /// `local` is an address of this machine, or it is what has none yet (`0.0.0.0`), or goes to many.
  bool own = true;

  std::uint64_t packets = 0;
  /// What programs wrote or read: without the headers of UDP, UDP-Lite, TCP, SCTP and DCCP; for other
  /// protocols without those of IP.
  std::uint64_t bytes = 0;
  /// IP packets as a whole, and the 14 bytes of Ethernet where there are such: what interfaces count.
  std::uint64_t wire_bytes = 0;
};

/// What was counted since the last time.
struct Traffic {
  std::vector<TrafficFlow> flows;
  /// Packets that the kernel had no room for: so much is missing.
  std::uint64_t lost = 0;
  /// Packets of which nothing is known: their headers could not be read, or there were too many ends.
  std::uint64_t unclear = 0;
  /// Why it has ended; no value while it goes on.
  std::optional<Error> failure;
  /// TCP is not counted any more: it was too much. What this machine forwards of it is missing.
  bool without_tcp = false;
};

/// Counts, on a thread of its own, what passes through the interfaces of a network namespace. Packets are
/// counted once, at the interface that has the address; on loopback once for each of its two ends.
///
/// TCP from and to addresses of this machine is not counted, and costs nothing: connections have counters,
/// see sockutils/count.h.
///
/// Not seen: multicast that comes back to the machine that sent it (the kernel shows it to nobody,
/// PACKET_LOOPBACK in net/packet/af_packet.c), and frames between other machines that a bridge passes on.
///
/// Thread safety: not for several threads at once.
class SOCKUTILS_EXPORT TrafficMeter {
 public:
  /// In the calling thread's network namespace, or in `where`. It counts when it returns.
  /// Errors: EPERM without the right to capture; as setns(2); without code when this was built without
  /// libpcap.
  static Result<TrafficMeter> start(const std::optional<NetworkNamespace>& where = std::nullopt);

  ~TrafficMeter();
  TrafficMeter(TrafficMeter&&) noexcept;
  TrafficMeter& operator=(TrafficMeter&&) noexcept;

  /// What was counted since the last call, up to now.
  Traffic take();

  class Content;
  explicit TrafficMeter(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

/// Whether packets can be captured at all, as far as this build is concerned.
SOCKUTILS_EXPORT bool has_capture();

}  // namespace sockutils
