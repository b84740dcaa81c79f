/// Who sends how much to whom, by counting packets. For what the kernel keeps no counters of: UDP, ICMP, raw
/// sockets, and what this machine forwards.
///
/// Only headers are looked at. Takes CAP_NET_RAW in the user namespace of the network namespace, packet(7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/address.h"
#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// Packets with the same ends, in one direction. Since: 0.1
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

/// What was counted since the last time. Since: 0.1
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
/// see sockutils/rates.h.
///
/// Not seen: multicast that comes back to the machine that sent it (the kernel shows it to nobody,
/// PACKET_LOOPBACK in net/packet/af_packet.c), and frames between other machines that a bridge passes on.
///
/// Thread safety: not for several threads at once. Since: 0.1
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

/// Whether packets can be captured at all, as far as this build is concerned. Since: 0.1
SOCKUTILS_EXPORT bool has_capture();

}  // namespace sockutils
