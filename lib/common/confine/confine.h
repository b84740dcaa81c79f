/// Drops rights that a server does not need once its ports are open.
#pragma once

#include <string>
#include <vector>

#include "sockutils/error.h"

namespace sockutils {

/// What to drop.
struct Confinement {
  /// If root: switch to this user, without supplementary groups. Empty, or not root: keep the user. All
  /// capabilities except CAP_NET_BIND_SERVICE are dropped, unless the user stays root.
  std::string user = {};
  /// Landlock (Linux 5.13): no files can be opened, except for reading below these folders, the system's
  /// libraries, and the kernel's files about the network.
  bool files = true;
  std::vector<std::string> readable_folders = {};
  /// seccomp(2): only the system calls that a server of this library makes. Others fail with EPERM, such as
  /// running programs, and sockets of families other than IP and netlink.
  bool system_calls = true;
};

/// The outcome of confinement.
struct ConfinementReport {
  /// In words: `user nobody`, `Landlock`, `seccomp`.
  std::vector<std::string> done;
  /// What this kernel or this build does not support, and why.
  std::vector<std::string> missing;
};

/// Confines the calling process and its later children, permanently. Call it while the process has one
/// thread. Errors: there is no such user, or changing to it failed: as setresuid(2).
Result<ConfinementReport> confine_process(const Confinement& what);

}  // namespace sockutils
