/// An index of sockets by their two ends: finds the other end and the listeners.
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

/// One end in the form that both sides share: IPv4 without its mapped form, and without scope, because each
/// side has its own numbers for these.
struct IndexedEnd {
  Address address;
  std::uint16_t port = 0;
  friend auto operator<=>(const IndexedEnd&, const IndexedEnd&) = default;
};

/// Holds the sockets added from all network namespaces. Pure.
class SocketIndex {
 public:
  /// Adds a socket; duplicates, which dumps can contain, count once.
  void add(const Socket& socket);
  /// Adds the addresses of the interfaces in a namespace.
  void add_addresses(std::uint64_t netns, const std::vector<Address>& addresses);

  /// Inodes of the sockets at the other end of `socket`. A match in the same namespace is preferred; one in
  /// another namespace counts only if it is unique, because several namespaces may use the same addresses.
  /// Empty when there is none, or when it is ambiguous.
  std::vector<std::uint64_t> other_end(const Socket& socket) const;
  /// Inodes of the sockets that receive what is sent to `address` and `port`, in the one namespace that has
  /// this address; `netns` is tried first.
  std::vector<std::uint64_t> receivers(std::uint64_t netns, Protocol protocol, const IndexedEnd& end) const;
  /// The only namespace other than `netns` with an interface that has this address.
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
    /// It waits to be accepted, as opposed to a remnant after close(2).
    bool waits;
  };
  struct Receiver {
    /// Bound to `::` and accepting IPv4 as well.
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

/// The address in the form of `IndexedEnd`.
Address plain_address(const Address& address);

}  // namespace sockutils
