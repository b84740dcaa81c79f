#include "capture/flows.h"

#include <cstring>

namespace sockutils::capture {
namespace {

/// A hash of values that an attacker may choose; good enough for tables of this size.
std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 29);
}

std::uint64_t mix(std::uint64_t hash, const Address& address) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), address.bytes.data(), sizeof words);
  return mix(mix(hash, words[0]), words[1]);
}

std::uint64_t fragment_key(const Packet& packet) {
  std::uint64_t key = mix(mix(1, packet.source), packet.destination);
  key = mix(key, packet.fragment->identification);
  // 0 marks an empty entry.
  return mix(key, packet.protocol) | 1;
}

/// No other interface has an address of zeros.
bool is_loopback(const Packet& packet) {
  return packet.link_sender && *packet.link_sender == std::array<std::uint8_t, 6>{};
}

/// Bytes before the IP header that the interface also counts.
std::uint32_t link_header(const Packet& packet) {
  constexpr std::uint32_t EthernetHeader = 14;
  return packet.link_sender ? EthernetHeader : 0;
}

}  // namespace

std::size_t Interfaces::AddressHash::operator()(const Address& address) const { return mix(7, address); }

void Interfaces::learn(const std::vector<Link>& links, const std::vector<Address>& addresses) {
  links_.clear();
  for (const Link& link : links) links_[link.index] = link;
  addresses_.clear();
  for (Address address : addresses) {
    // Packets carry no scope.
    address.scope_id = 0;
    addresses_.insert(address);
  }
}

bool Interfaces::is_own(const Address& address) const {
  return address.is_loopback() || address.is_wildcard() || addresses_.contains(address);
}

/// A packet that leaves with the address of another interface comes from an interface on top of this one
/// (macvlan), or is forwarded between other machines.
bool Interfaces::is_seen_twice(const Packet& packet) const {
  const auto found = links_.find(packet.interface);
  if (found == links_.end()) return false;
  const Link& link = found->second;
  if (link.is_port) return true;
  return packet.way == Way::Out && link.has_address && packet.link_sender &&
         *packet.link_sender != link.address;
}

void FragmentTable::remember(const Packet& packet) {
  const std::uint64_t key = fragment_key(packet);
  entries_[key % entries_.size()] = {key, {packet.source_port, packet.destination_port, packet.echo_request}};
}

void FragmentTable::complete(Packet& packet) const {
  const std::uint64_t key = fragment_key(packet);
  const Entry& entry = entries_[key % entries_.size()];
  if (entry.key != key) return;
  packet.source_port = entry.ports.source;
  packet.destination_port = entry.ports.destination;
  packet.echo_request = entry.ports.echo_request;
}

std::size_t FlowTable::KeyHash::operator()(const Key& key) const {
  const std::uint64_t rest = std::uint64_t{key.local_port} << 48 | std::uint64_t{key.peer_port} << 32 |
                             std::uint64_t{key.protocol} << 8 | (key.outgoing ? 1u : 0u);
  return mix(mix(mix(mix(3, key.local), key.peer), rest), key.interface);
}

FlowTable::Key FlowTable::key_of(const Packet& packet) {
  const bool out = packet.way == Way::Out;
  Key key{};
  key.local = out ? packet.source : packet.destination;
  key.peer = out ? packet.destination : packet.source;
  key.local_port = (out ? packet.source_port : packet.destination_port).value_or(0);
  key.peer_port = (out ? packet.destination_port : packet.source_port).value_or(0);
  // The kernel answers an echo request: the identifier belongs to the end that sent the request.
  if (packet.echo_request && *packet.echo_request != out) key.local_port = 0;
  if (packet.echo_request) key.peer_port = 0;
  key.interface = packet.interface;
  key.protocol = packet.protocol;
  key.outgoing = out;
  key.to_many = packet.to_many;
  return key;
}

FlowTable::Count* FlowTable::place_for(Key key) {
  auto found = flows_.find(key);
  if (found != flows_.end()) return &found->second;
  if (flows_.size() < MaxFlows) return &flows_[key];
  key.peer = Address{.is_v6 = key.peer.is_v6};
  key.peer_port = 0;
  key.many_peers = true;
  found = flows_.find(key);
  if (found != flows_.end()) return &found->second;
  return flows_.size() < 2 * MaxFlows ? &flows_[key] : nullptr;
}

void FlowTable::add(const RawPacket& raw, LinkType type) {
  Packet packet;
  const Decode decoded = decode_packet(type, raw.bytes, raw.length, packet);
  if (decoded == Decode::NotIp || packet.way == Way::Elsewhere || packet.vlan) return;
  // The addresses are known, whatever was cut off after them.
  if (packet.length == 0) {
    ++unclear_;
    return;
  }
  if (interfaces_.is_seen_twice(packet)) return;
  if (packet.fragment && packet.fragment->offset == 0) fragments_.remember(packet);
  if (packet.fragment && packet.fragment->offset != 0) fragments_.complete(packet);
  count(packet);
  // A packet that arrives over loopback was also sent over it, but libpcap hides that
  // (linux_check_direction()).
  if (packet.way != Way::In || !is_loopback(packet)) return;
  packet.way = Way::Out;
  count(packet);
}

void FlowTable::count(const Packet& packet) {
  Count* const count = place_for(key_of(packet));
  if (count == nullptr) {
    ++unclear_;
    return;
  }
  ++count->packets;
  count->bytes += packet.payload;
  count->wire_bytes += packet.length + link_header(packet);
}

std::vector<TrafficFlow> FlowTable::take_flows() {
  std::vector<TrafficFlow> flows;
  flows.reserve(flows_.size());
  for (const auto& [key, count] : flows_) {
    TrafficFlow flow;
    flow.outgoing = key.outgoing;
    flow.to_many = key.to_many;
    flow.protocol = key.protocol;
    flow.interface = key.interface;
    flow.local = key.local;
    flow.peer = key.peer;
    flow.local_port = key.local_port;
    flow.peer_port = key.peer_port;
    flow.many_peers = key.many_peers;
    flow.own = interfaces_.is_own(key.local) || (key.to_many && !key.outgoing);
    flow.packets = count.packets;
    flow.bytes = count.bytes;
    flow.wire_bytes = count.wire_bytes;
    flows.push_back(flow);
  }
  flows_.clear();
  return flows;
}

}  // namespace sockutils::capture
