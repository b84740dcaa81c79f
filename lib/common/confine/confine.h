/// Giving up what a server does not need once its ports are open.
#pragma once

#include <string>
#include <vector>

#include "sockutils/error.h"

namespace sockutils {

/// What to give up.
struct Confinement {
  /// Of root: become this user, with no other groups. Empty, or not root: the user stays. No capability is
  /// kept but CAP_NET_BIND_SERVICE, unless the user stays root.
  std::string user = {};
  /// Landlock (Linux 5.13): no file can be opened but, for reading, what is below these folders, the
  /// libraries of the system, and what the kernel tells of the network.
  bool files = true;
  std::vector<std::string> readable_folders = {};
  /// seccomp(2): no system call but those that a server of this library makes; others fail with EPERM, among
  /// them running programs, and sockets of other families than IP and netlink.
  bool system_calls = true;
};

/// What came of it.
struct ConfinementReport {
  /// In words: `user nobody`, `Landlock`, `seccomp`.
  std::vector<std::string> done;
  /// What this kernel, or this build, cannot do, and why.
  std::vector<std::string> missing;
};

/// Confines the calling process, for good; also what it runs later. To be called while it has one thread.
/// Errors: there is no such user, or it could not become it: as setresuid(2).
Result<ConfinementReport> confine_process(const Confinement& what);

}  // namespace sockutils
