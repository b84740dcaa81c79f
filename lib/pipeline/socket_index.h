/// Sockets with ports, by their ends: who is at the other end, who listens where.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/socket.h"
#include "sockutils/value.h"

namespace sockutils {

/// One end as both sides name it: IPv4 without its mapped form, and no scope, which each side counts for
/// itself.
struct IndexedEnd {
  Address address;
  std::uint16_t port = 0;
  friend auto operator<=>(const IndexedEnd&, const IndexedEnd&) = default;
};

/// Holds what `add()` was given of every network namespace. Pure.
class SocketIndex {
 public:
  /// A dump may show one socket twice: it counts once.
  void add(const Socket& socket);
  /// Addresses of the interfaces in a namespace.
  void add_addresses(std::uint64_t netns, const std::vector<Address>& addresses);

  /// Inodes of the sockets at the other end of `socket`. That of the same namespace comes first; another
  /// namespace is believed only when it is the only one, since each may have the same addresses. Empty
  /// when there is none, or when it cannot be told.
  std::vector<std::uint64_t> other_end(const Socket& socket) const;
  /// Inodes of those that take what is sent to `address` and `port` in the one namespace that has this
  /// address; `netns` first.
  std::vector<std::uint64_t> receivers(std::uint64_t netns, Protocol protocol, const IndexedEnd& end) const;
  /// The only namespace other than `netns` that has an interface with this address.
  std::optional<std::uint64_t> other_namespace_with(std::uint64_t netns, const Address& address) const;
  std::vector<std::uint64_t> receivers_in(std::uint64_t netns, Protocol protocol,
                                          const IndexedEnd& end) const;

 private:
  struct Connection {
    Protocol protocol;
    IndexedEnd local;
    IndexedEnd peer;
    friend bool operator==(const Connection&, const Connection&) = default;
  };
  struct ConnectionHash {
    std::size_t operator()(const Connection& connection) const;
  };
  struct Place {
    std::uint64_t netns;
    /// 0 while no process holds it.
    std::uint64_t inode;
    /// Such a one waits to be accepted, rather than being what is left after close(2).
    bool waits;
  };
  struct Receiver {
    /// Bound to `::` and open to IPv4 as well.
    bool takes_v4;
    Address address;
  };
  struct ReceiverKey {
    std::uint64_t netns;
    Protocol protocol;
    std::uint16_t port;
    std::uint64_t inode;
    friend auto operator<=>(const ReceiverKey&, const ReceiverKey&) = default;
  };

  bool has_address(std::uint64_t netns, const Address& address) const;
  std::optional<Place> place_of(const Connection& connection, std::uint64_t netns) const;

  std::unordered_multimap<Connection, Place, ConnectionHash> connections_;
  std::map<ReceiverKey, Receiver> receivers_;
  std::map<std::uint64_t, std::vector<Address>> addresses_;
};

/// See `IndexedEnd`.
Address plain_address(const Address& address);

}  // namespace sockutils
