/// Network namespaces, network_namespaces(7): each has sockets, addresses and interfaces of its own.
///
///     const auto here = find_network_namespace("/proc/self/ns/net");
///     std::cout << "net:[" << here->inode << "]\n";  // prints: net:[...]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"

namespace sockutils {

/// A network namespace.
struct NetworkNamespace {
  /// A file that leads to it: /run/netns/NAME, /proc/PID/ns/net. Empty for that of the calling thread.
  std::string path;
  /// Inode number of that file, which is the identity of the namespace.
  std::uint64_t inode = 0;
  /// In words: what ip-netns(8) calls it, else its container, else its oldest process as in `nginx/812`.
  /// Any bytes; empty when none of them is known.
  std::string name;
};

/// What there is.
struct NetworkNamespaces {
  /// Each once; that of the calling thread first, the others by name.
  std::vector<NetworkNamespace> found;
  /// What may hide others.
  std::vector<Warning> warnings;
};

/// Every network namespace of this machine that a process is in or that a file is bound to
/// (mount(2), as ip-netns(8) and container runtimes do). One that only a descriptor or a socket keeps alive
/// is not found. Thread safety: from any thread. Sources: /proc/PID/ns/net, /proc/PID/mountinfo.
SOCKUTILS_EXPORT NetworkNamespaces find_network_namespaces();

/// The one that `word` means: a path, a name below /run/netns, a process id, or the name that
/// `find_network_namespaces()` gives to it. It need not be possible to enter it.
/// Errors: with code ENOENT, ESRCH or EINVAL when there is no such namespace, and what it is in words; any
/// other code when it could not be told, as EACCES for another user's process.
/// Thread safety: from any thread.
SOCKUTILS_EXPORT Result<NetworkNamespace> find_network_namespace(std::string_view word);

}  // namespace sockutils
