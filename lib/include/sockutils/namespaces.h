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
  /// A file that refers to it: /run/netns/NAME, /proc/PID/ns/net, or /proc/PID/fd/FD, which may be a socket
  /// in it. Empty for the one of the calling thread.
  std::string path;
  /// Inode number of that file, which identifies the namespace.
  std::uint64_t inode = 0;
  /// A name for people: the name that ip-netns(8) uses, else its container, else its oldest process or thread
  /// as in `nginx/812`, else a descriptor that keeps it as in `nginx/812/fd/7`. Any bytes; empty when none of
  /// these is known.
  std::string name;
};

/// The result of a search for network namespaces.
struct NetworkNamespaces {
  /// Each namespace once: the one of the calling thread first, the others by name.
  std::vector<NetworkNamespace> found;
  /// What may have hidden other namespaces.
  std::vector<Warning> warnings;
};

/// Finds every network namespace of this machine that a thread is in, that is bound to a file (mount(2), as
/// ip-netns(8) and container runtimes do), or that a descriptor or a socket of a process keeps alive. Without
/// the right to read the kernel's list of open files (CAP_BPF, CAP_PERFMON) at most 5000 sockets are asked,
/// and a warning counts the others. Thread safety: from any thread. Sources: /proc/PID/ns/net,
/// /proc/PID/mountinfo, /proc/PID/fd, pidfd_getfd(2), SIOCGSKNS of linux/sockios.h.
SOCKUTILS_EXPORT NetworkNamespaces find_network_namespaces();

/// Finds a namespace by a path, a name below /run/netns, a process id, or the name that
/// `find_network_namespaces()` gives to it. It may be one that the caller cannot enter.
/// Errors: code ENOENT, ESRCH or EINVAL when there is no such namespace, with the reason in words; any other
/// code when that could not be determined, as EACCES for another user's process.
/// Thread safety: from any thread.
SOCKUTILS_EXPORT Result<NetworkNamespace> find_network_namespace(std::string_view word);

}  // namespace sockutils
