/// What the `get` of a socket's field may look at.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/socket.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils {

/// Looks up names; what is unknown, or was not asked for, is empty. Results stay valid as long as the
/// object. Not thread-safe: implementations fill caches.
class Names {
 public:
  virtual ~Names() = default;
  /// The service at this port; for a raw socket, whose port is its IP protocol, the name of that. `protocol`
  /// is that of the socket.
  virtual std::string_view service(std::uint16_t port, Protocol protocol) const = 0;
  /// The number, where there is no name.
  virtual std::string_view user(std::uint32_t uid) const = 0;
  virtual std::string_view interface(std::uint32_t index) const = 0;
  virtual std::string_view host(const Address& address) const = 0;
  virtual std::string_view cgroup(std::uint64_t id) const = 0;
  /// The process with this pid, whatever it holds.
  virtual std::string_view process(std::uint32_t) const { return {}; }
  /// The security label of a socket, by one of the descriptors that hold it.
  virtual std::string_view label(std::uint64_t, std::span<const Owner>) const { return {}; }
  /// `netns` is the inode number of a network namespace.
  virtual std::string_view network_namespace(std::uint64_t netns) const = 0;
};

/// Knows no names: numbers only.
class NoNames final : public Names {
 public:
  std::string_view service(std::uint16_t, Protocol) const override { return {}; }
  std::string_view user(std::uint32_t) const override { return {}; }
  std::string_view interface(std::uint32_t) const override { return {}; }
  std::string_view host(const Address&) const override { return {}; }
  std::string_view cgroup(std::uint64_t) const override { return {}; }
  std::string_view network_namespace(std::uint64_t) const override { return {}; }
};

/// A socket with all that was acquired about it.
struct SocketRow : Row {
  SocketRow(const Socket& its_socket, std::span<const Owner> its_owners, const Names& its_names,
            std::span<const Owner> its_peers = {}, std::span<const Owner> behind_its_proxy = {})
      : socket(its_socket),
        owners(its_owners),
        names(its_names),
        peers(its_peers),
        proxied(behind_its_proxy) {}

  const Socket& socket;
  /// Every descriptor that holds it; empty when none is known.
  std::span<const Owner> owners;
  const Names& names;
  /// Every descriptor that holds the other end, when that is on this machine and was asked for.
  std::span<const Owner> peers;
  /// Those behind a docker-proxy that holds the socket.
  std::span<const Owner> proxied;
};

}  // namespace sockutils
