/// Finds the owners of a socket's other end on this machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "acquire/containers/docker_proxy.h"
#include "acquire/namespaces/namespace_reader.h"
#include "acquire/processes/owner_table.h"
#include "model/socket.h"
#include "pipeline/socket_index.h"
#include "sockutils/list.h"

namespace sockutils {

/// Searches the sockets of all network namespaces that can be entered. Not for use by several threads at
/// once.
class PeerTable {
 public:
  /// `owners` must outlive this.
  PeerTable(const System& system, const OwnerTable& owners) : system_(system), owners_(owners) {}

  /// Reads the internet sockets with ports in these namespaces, in the given `states`.
  void read(Source source, NetworkNamespaces namespaces, StateSet states);

  /// The owners of the other end; behind a docker-proxy those in the container. Valid as long as this object.
  std::span<const Owner> peers_of(const Socket& socket);
  /// The owners in the container behind a docker-proxy, if one is among `owners`.
  std::span<const Owner> proxied_by(std::span<const Owner> owners, std::uint64_t netns);

  /// Number of sockets whose other end is on this machine but has no known owner.
  std::size_t ownerless() const { return ownerless_; }
  /// What may have hidden other ends.
  std::vector<Warning> warnings() const;

 private:
  std::span<const Owner> owners_of(const std::vector<std::uint64_t>& inodes);
  std::span<const Owner> behind_proxy(std::span<const Owner> owners, const Socket& socket);
  std::optional<ProxyTarget> target_of(const Owner& owner);

  const System& system_;
  const OwnerTable& owners_;
  SocketIndex index_;
  std::map<std::int32_t, std::optional<ProxyTarget>> proxies_;
  std::map<std::vector<std::uint64_t>, std::vector<Owner>> joined_;
  std::vector<Warning> hidden_;
  std::size_t ownerless_ = 0;
  /// Number of sockets whose peer was not found: it is on another machine, or hidden.
  std::size_t unseen_ = 0;
};

}  // namespace sockutils
