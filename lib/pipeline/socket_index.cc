#include "pipeline/socket_index.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace sockutils {
namespace {

std::string_view bytes_of(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

/// The states of a connection that this side has not closed.
bool can_wait(std::optional<State> state) {
  return state == State::Established || state == State::SynRecv || state == State::CloseWait;
}

}  // namespace

Address plain_address(const Address& address) {
  Address plain = address;
  plain.scope_id = 0;
  if (!address.is_v4_mapped()) return plain;
  constexpr std::ptrdiff_t Prefix = 12;
  plain = Address{};
  std::copy(address.bytes.begin() + Prefix, address.bytes.end(), plain.bytes.begin());
  return plain;
}

std::size_t SocketIndex::ConnectionHash::operator()(const Connection& connection) const {
  const std::hash<std::string_view> hash;
  std::size_t sum = hash(bytes_of(connection.local.address)) * 31 + hash(bytes_of(connection.peer.address));
  sum = sum * 31 + connection.local.port;
  return sum * 31 + connection.peer.port;
}

void SocketIndex::add(const Socket& socket) {
  if (!socket.local_address || !socket.local_port || !socket.netns || !socket.protocol) return;
  const IndexedEnd local{plain_address(*socket.local_address), *socket.local_port};
  if (socket.peer_address && socket.peer_port) {
    const IndexedEnd peer{plain_address(*socket.peer_address), *socket.peer_port};
    connections_.emplace(Connection{*socket.protocol, local, peer},
                         Place{*socket.netns, socket.inode.value_or(0), can_wait(socket.state)});
  } else if (socket.inode && (socket.state == State::Listen || socket.state == State::Unconnected)) {
    const bool takes_v4 = local.address.is_v6 && local.address.is_wildcard() && socket.v6_only != true;
    receivers_.emplace(ReceiverKey{*socket.netns, *socket.protocol, local.port, *socket.inode},
                       Receiver{takes_v4, local.address});
  }
}

void SocketIndex::add_addresses(std::uint64_t netns, const std::vector<Address>& addresses) {
  std::vector<Address>& known = addresses_[netns];
  for (const Address& address : addresses) known.push_back(plain_address(address));
}

bool SocketIndex::has_address(std::uint64_t netns, const Address& address) const {
  const auto found = addresses_.find(netns);
  return found != addresses_.end() &&
         std::find(found->second.begin(), found->second.end(), address) != found->second.end();
}

std::optional<std::uint64_t> SocketIndex::other_namespace_with(std::uint64_t netns,
                                                               const Address& address) const {
  std::optional<std::uint64_t> only;
  for (const auto& [candidate, addresses] : addresses_) {
    if (candidate == netns || !has_address(candidate, plain_address(address))) continue;
    if (only) return std::nullopt;
    only = candidate;
  }
  return only;
}

std::optional<SocketIndex::Place> SocketIndex::place_of(const Connection& connection,
                                                        std::uint64_t netns) const {
  const auto [first, last] = connections_.equal_range(connection);
  std::optional<Place> elsewhere;
  for (auto entry = first; entry != last; ++entry) {
    const Place& place = entry->second;
    if (place.netns == netns) return place;
    if (elsewhere && elsewhere->netns != place.netns) return std::nullopt;
    elsewhere = place;
  }
  // Loopback addresses exist in each namespace, so they never lead to another one.
  return connection.local.address.is_loopback() ? std::nullopt : elsewhere;
}

std::vector<std::uint64_t> SocketIndex::receivers_in(std::uint64_t netns, Protocol protocol,
                                                     const IndexedEnd& end) const {
  const Address address = plain_address(end.address);
  constexpr std::uint64_t MaxInode = std::numeric_limits<std::uint64_t>::max();
  const auto first = receivers_.lower_bound({netns, protocol, end.port, 0});
  const auto last = receivers_.upper_bound({netns, protocol, end.port, MaxInode});
  std::vector<std::uint64_t> exact;
  std::vector<std::uint64_t> any;
  for (auto entry = first; entry != last; ++entry) {
    const auto& [key, receiver] = *entry;
    if (receiver.address == address) exact.push_back(key.inode);
    const bool same_family = receiver.address.is_v6 == address.is_v6 || receiver.takes_v4;
    if (receiver.address.is_wildcard() && same_family) any.push_back(key.inode);
  }
  return exact.empty() ? any : exact;
}

std::vector<std::uint64_t> SocketIndex::receivers(std::uint64_t netns, Protocol protocol,
                                                  const IndexedEnd& end) const {
  const Address address = plain_address(end.address);
  if (address.is_loopback() || has_address(netns, address)) return receivers_in(netns, protocol, end);
  const auto other = other_namespace_with(netns, address);
  return other ? receivers_in(*other, protocol, end) : std::vector<std::uint64_t>{};
}

std::vector<std::uint64_t> SocketIndex::other_end(const Socket& socket) const {
  const bool connected = socket.local_address && socket.peer_address && socket.local_port && socket.peer_port;
  if (!connected || !socket.netns || !socket.protocol) return {};
  const IndexedEnd local{plain_address(*socket.local_address), *socket.local_port};
  const IndexedEnd peer{plain_address(*socket.peer_address), *socket.peer_port};
  const auto place = place_of(Connection{*socket.protocol, peer, local}, *socket.netns);
  if (place && place->inode != 0) return {place->inode};
  if (place && !place->waits) return {};
  // The connection waits to be accepted: the owner of the listener will hold it.
  if (place) return receivers_in(place->netns, *socket.protocol, peer);
  // A UDP server answers all clients from one socket without a peer.
  if (socket.protocol != Protocol::Udp && socket.protocol != Protocol::Udplite) return {};
  return receivers(*socket.netns, *socket.protocol, peer);
}

}  // namespace sockutils
