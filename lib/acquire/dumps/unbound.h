/// Sockets that no table of the kernel lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "acquire/processes/owner_table.h"
#include "model/socket.h"
#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

/// What the kernel's name of a protocol, as in /proc/net/protocols, says of a socket.
struct KernelName {
  std::string_view name;
  SocketKind kind;
  /// The state of a socket that is in no table because it is neither bound nor connected. None: the kernel
  /// lists such sockets from their first moment on, if it lists them at all.
  std::optional<State> unbound_state;
  /// The protocol of a family that has only one, when `kind` does not name it.
  std::optional<Protocol> only_protocol = {};

  std::optional<Protocol> protocol() const { return only_protocol ? only_protocol : kind.protocol; }
};

/// Null for names that are not known. Pure.
const KernelName* find_kernel_name(std::string_view name);

/// What was looked for.
struct UnboundQuery {
  const std::vector<SocketKind>& kinds;
  Source source;
  /// The network namespaces that were listed.
  const std::unordered_set<std::uint64_t>& namespaces;
  /// Inode numbers of every socket of these kinds that was listed, in whatever state.
  const std::unordered_set<std::uint64_t>& listed;
};

struct UnboundSockets {
  std::vector<Socket> found;
  /// Those of which the kernel does not tell the network namespace: they are taken for sockets of that of a
  /// process that holds them.
  std::size_t guessed = 0;
};

/// The sockets of these namespaces that processes held before the kernel's tables were read, hold still, and
/// that no table had: in the end not those of the other namespaces either, where one of them had to be
/// guessed. `owners` is from before.
UnboundSockets find_unbound(const System& system, const OwnerTable& owners, const UnboundQuery& query);

/// What to say when a namespace had to be guessed.
std::optional<Warning> namespace_guess_warning(std::size_t guessed, std::string remedy);

}  // namespace sockutils
