#include "tui/collect/flow_attribution.h"

#include <netinet/in.h>

#include <algorithm>

namespace tui {

using sockutils::Address;
using sockutils::Family;
using sockutils::Protocol;
using sockutils::TrafficFlow;

namespace {

constexpr std::uint8_t UdpLite = 136;

std::optional<Protocol> protocol_with_ports(std::uint8_t number) {
  switch (number) {
    case IPPROTO_UDP:
      return Protocol::Udp;
    case UdpLite:
      return Protocol::Udplite;
    case IPPROTO_SCTP:
      return Protocol::Sctp;
    case IPPROTO_DCCP:
      return Protocol::Dccp;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
      return Protocol::Icmp;
    default:
      return std::nullopt;
  }
}

std::uint32_t place_of(Protocol protocol, std::uint16_t port) {
  return static_cast<std::uint32_t>(protocol) << 16 | port;
}

bool is_v4(const TrafficFlow& flow) { return !flow.local.is_v6; }

/// Converts a v4-mapped address to IPv4.
Address plain(const Address& address) {
  if (!address.is_v4_mapped()) return Address{address.bytes, address.is_v6, 0};
  Address v4;
  std::copy(address.bytes.begin() + 12, address.bytes.end(), v4.bytes.begin());
  return v4;
}

/// Whether the socket receives packets of this IP version at all.
bool takes_version(const BoundSocket& socket, const TrafficFlow& flow) {
  if (socket.family == Family::Inet) return is_v4(flow);
  const bool bound = socket.local_address && !socket.local_address->is_wildcard();
  if (bound) return plain(*socket.local_address).is_v6 == flow.local.is_v6;
  return !is_v4(flow) || !socket.v6_only;
}

/// How well the flow matches the socket, as in compute_score() of net/ipv4/udp.c; no value: not at all.
std::optional<int> score_of(const BoundSocket& socket, const TrafficFlow& flow) {
  if (!takes_version(socket, flow)) return std::nullopt;
  int score = socket.family == Family::Inet ? 1 : 0;
  if (socket.local_address && !socket.local_address->is_wildcard()) {
    // Packets to many receivers carry the address of the group.
    if (plain(*socket.local_address) != plain(flow.local)) return std::nullopt;
    score += 4;
  }
  const bool connected = socket.peer_address && !socket.peer_address->is_wildcard();
  if (connected) {
    if (flow.many_peers || plain(*socket.peer_address) != plain(flow.peer)) return std::nullopt;
    score += 4;
  }
  if (socket.peer_port != 0) {
    if (flow.many_peers || socket.peer_port != flow.peer_port) return std::nullopt;
    score += 4;
  }
  if (socket.interface != 0 && flow.interface != 0) {
    if (socket.interface != flow.interface) return std::nullopt;
    score += 4;
  }
  return score;
}

}  // namespace

bool is_counted_by_packets(Family family, Protocol protocol) {
  if (family != Family::Inet && family != Family::Inet6) return false;
  return protocol != Protocol::Tcp && protocol != Protocol::Mptcp;
}

FlowAttribution::FlowAttribution(std::vector<BoundSocket> sockets) : sockets_(std::move(sockets)) {
  for (std::uint32_t i = 0; i < sockets_.size(); ++i)
    places_[place_of(sockets_[i].protocol, sockets_[i].local_port)].push_back(i);
}

FlowAttribution::Answer FlowAttribution::find_by_port(const TrafficFlow& flow, Protocol protocol) const {
  Answer answer;
  const auto place = places_.find(place_of(protocol, flow.local_port));
  if (place == places_.end() || flow.local_port == 0) return answer;
  const bool to_all = flow.to_many && !flow.outgoing;
  bool mixed = false;
  int best = -1;
  bool best_is_open = false;
  for (const std::uint32_t i : place->second) {
    const BoundSocket& socket = sockets_[i];
    // When the peers of a flow were merged, some of them may belong to connected sockets.
    mixed = mixed || (flow.many_peers && socket.peer_port != 0);
    const auto score = score_of(socket, flow);
    if (!score) continue;
    if (to_all) {
      answer.sockets.push_back(&socket);
      continue;
    }
    const bool better = !socket.closed != best_is_open ? !socket.closed : *score > best;
    const bool as_good = !socket.closed == best_is_open && *score == best;
    if (better) answer.sockets.clear();
    if (better || as_good) answer.sockets.push_back(&socket);
    if (better) {
      best = *score;
      best_is_open = !socket.closed;
    }
  }
  if (answer.sockets.empty()) return answer;
  answer.verdict = !mixed && (to_all || answer.sockets.size() == 1) ? Verdict::Claimed : Verdict::Ambiguous;
  return answer;
}

/// Raw sockets exist beside all others: each gets a copy of incoming packets. The sender of outgoing packets
/// is known only if there is a single socket, and only for packets that the kernel does not send by itself.
FlowAttribution::Answer FlowAttribution::find_raw(const TrafficFlow& flow) const {
  Answer answer;
  const auto place = places_.find(place_of(Protocol::Raw, flow.protocol));
  if (place == places_.end()) return answer;
  const bool is_icmp = flow.protocol == IPPROTO_ICMP || flow.protocol == IPPROTO_ICMPV6;
  if (flow.outgoing && is_icmp && flow.local_port == 0) return answer;
  for (const std::uint32_t i : place->second) {
    BoundSocket unbound = sockets_[i];
    // An IPv6 raw socket receives no IPv4 packets; its ports have another meaning.
    unbound.peer_port = 0;
    if ((unbound.family == Family::Inet) == is_v4(flow) && score_of(unbound, flow))
      answer.sockets.push_back(&sockets_[i]);
  }
  if (answer.sockets.empty()) return answer;
  answer.verdict = !flow.outgoing || answer.sockets.size() == 1 ? Verdict::Claimed : Verdict::Ambiguous;
  return answer;
}

FlowAttribution::Answer FlowAttribution::find(const TrafficFlow& flow) const {
  const auto protocol = protocol_with_ports(flow.protocol);
  Answer answer = protocol ? find_by_port(flow, *protocol) : Answer{};
  if (flow.outgoing && answer.verdict != Verdict::Unclaimed) return answer;
  Answer raw = find_raw(flow);
  if (raw.verdict == Verdict::Unclaimed) return answer;
  if (answer.verdict == Verdict::Claimed)
    raw.sockets.insert(raw.sockets.end(), answer.sockets.begin(), answer.sockets.end());
  return raw;
}

}  // namespace tui
