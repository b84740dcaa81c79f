/// Who holds the other end of a socket on this machine.
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

/// Looks through the sockets of every network namespace that can be entered. Not for several threads at once.
class PeerTable {
 public:
  /// `owners` outlives this.
  PeerTable(const System& system, const OwnerTable& owners) : system_(system), owners_(owners) {}

  /// Reads the internet sockets with ports in these namespaces: those of `states`.
  void read(Source source, NetworkNamespaces namespaces, StateSet states);

  /// The owners of the other end; behind a docker-proxy those in the container. Valid as long as this.
  std::span<const Owner> peers_of(const Socket& socket);
  /// Those in the container behind a docker-proxy among `owners`.
  std::span<const Owner> proxied_by(std::span<const Owner> owners, std::uint64_t netns);

  /// Sockets whose other end is on this machine and has an owner that is not known.
  std::size_t ownerless() const { return ownerless_; }
  /// What may hide other ends.
  std::vector<Warning> warnings() const;

 private:
  std::span<const Owner> owners_of(const std::vector<std::uint64_t>& inodes);
  std::span<const Owner> behind_proxy(std::span<const Owner> owners, const Socket& socket);
  std::optional<ProxyTarget> target_of(const Process& process);

  const System& system_;
  const OwnerTable& owners_;
  SocketIndex index_;
  std::map<std::int32_t, std::optional<ProxyTarget>> proxies_;
  std::map<std::vector<std::uint64_t>, std::vector<Owner>> joined_;
  std::vector<Warning> hidden_;
  std::size_t ownerless_ = 0;
  /// Sockets with a peer that is nowhere to be seen: on another machine, or hidden.
  std::size_t unseen_ = 0;
};

}  // namespace sockutils
