/// One socket as its family's decoder fills it: what all families share, and a bag for the rest.
#pragma once

#include <cstdint>
#include <optional>

#include "model/extra_attributes.h"
#include "sockutils/value.h"

namespace sockutils {

/// The ends of a socket of a family without ports, in words: a path, a port id.
inline constexpr AttributeKey LocalName{"local"};
inline constexpr AttributeKey PeerName{"peer"};
/// Shown instead of the name of an end that has none.
inline constexpr AttributeKey LocalStandIn{"local_stand_in"};
inline constexpr AttributeKey PeerStandIn{"peer_stand_in"};
/// Both versions of IP.
constexpr bool is_internet(Family family) { return family == Family::Inet || family == Family::Inet6; }

/// What /proc/net/protocols calls the protocol; known for unbound sockets.
inline constexpr AttributeKey KernelProtocol{"kernel_protocol"};

/// Identity is (network namespace, cookie); inodes are 32 bits and wrap, addresses repeat.
/// A member without a value is one that the kernel did not tell.
struct Socket {
  /// Without a value only for sockets that a process holds and nothing lists.
  std::optional<Family> family = Family::Inet;
  std::optional<Protocol> protocol = Protocol::Tcp;
  std::optional<State> state;

  /// Internet families. A peer has a value only when there is one; a port is never 0. For raw and
  /// ping sockets the port is what getsockname(2) says: the IP protocol, the ICMP identifier.
  std::optional<Address> local_address;
  std::optional<Address> peer_address;
  std::optional<std::uint16_t> local_port;
  std::optional<std::uint16_t> peer_port;
  /// IPV6_V6ONLY.
  std::optional<bool> v6_only;

  /// Bytes; for a listener connections waiting to be accepted, and their limit.
  std::optional<std::uint64_t> recv_queue;
  std::optional<std::uint64_t> send_queue;

  std::optional<std::uint64_t> inode;
  std::optional<std::uint64_t> cookie;
  /// Tells apart what is listed of one socket in several rows: the associations of an SCTP end point.
  std::uint64_t part = 0;
  /// Inode number of the network namespace.
  std::optional<std::uint64_t> netns;
  std::optional<std::uint32_t> uid;
  /// Index of the interface that the socket is bound to.
  std::optional<std::uint32_t> interface;

  /// The kernel holds it for itself: it has no process and needs none.
  bool kernel_owned = false;
  /// No table of the kernel lists it: it was found by a descriptor. Known when such sockets were looked for.
  std::optional<bool> unbound;

  /// What only this socket's family has.
  ExtraAttributes facts;

  /// Back to nothing known, keeping memory.
  void clear();
};

}  // namespace sockutils
