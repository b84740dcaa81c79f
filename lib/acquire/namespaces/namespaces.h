/// Finding network namespaces, and what to call them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "os/system.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// The network namespace of the thread that asks.
inline constexpr const char* OwnNetworkNamespace = "/proc/thread-self/ns/net";
/// Where ip-netns(8) keeps those with a name.
inline constexpr const char* NamedNetworkNamespaces = "/run/netns";

/// A network namespace that is bound to a file.
struct NamespaceMount {
  std::uint64_t inode;
  std::string path;
};
/// Those in the text of /proc/PID/mountinfo. Pure.
std::vector<NamespaceMount> parse_namespace_mounts(std::string_view mountinfo);

/// A path in mountinfo: blanks and the like are written as `\040` there. Pure.
std::string unescape_mount_path(std::string_view text);

/// `find_network_namespaces()` on any system.
NetworkNamespaces find_network_namespaces(const System& system);
/// The same for those who have read descriptors already, of which `descriptors` lead to namespaces: sockets
/// are not asked.
NetworkNamespaces find_network_namespaces(const System& system, std::span<const SocketFile> descriptors);
/// `find_network_namespace()` on any system.
Result<NetworkNamespace> find_network_namespace(const System& system, std::string_view word);

}  // namespace sockutils
