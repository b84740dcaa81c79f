/// Network namespaces, network_namespaces(7): each has its own sockets, addresses and interfaces.
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
  /// A file that refers to it: /run/netns/NAME, /proc/PID/ns/net. Empty for the one of the calling thread.
  std::string path;
  /// Inode number of that file, which identifies the namespace.
  std::uint64_t inode = 0;
  /// A name for people: the name that ip-netns(8) uses, else its container, else its oldest process as in
  /// `nginx/812`. Any bytes; empty when none of these is known.
  std::string name;
};

/// The result of a search for network namespaces.
struct NetworkNamespaces {
  /// Each namespace once: the one of the calling thread first, the others by name.
  std::vector<NetworkNamespace> found;
  /// What may have hidden other namespaces.
  std::vector<Warning> warnings;
};

/// Finds every network namespace of this machine that a process is in or that is bound to a file (mount(2),
/// as ip-netns(8) and container runtimes do). One that only a descriptor or a socket keeps alive is not
/// found. Thread safety: from any thread. Sources: /proc/PID/ns/net, /proc/PID/mountinfo.
SOCKUTILS_EXPORT NetworkNamespaces find_network_namespaces();

/// Finds a namespace by a path, a name below /run/netns, a process id, or the name that
/// `find_network_namespaces()` gives to it. It may be one that the caller cannot enter.
/// Errors: code ENOENT, ESRCH or EINVAL when there is no such namespace, with the reason in words; any other
/// code when that could not be determined, as EACCES for another user's process.
/// Thread safety: from any thread.
SOCKUTILS_EXPORT Result<NetworkNamespace> find_network_namespace(std::string_view word);

}  // namespace sockutils
