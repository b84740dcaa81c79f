/// Which descriptors of which processes are sockets: from /proc, or from the kernel's own list through BPF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/query.h"
#include "system/system.h"

namespace sockutils {

struct SocketFiles {
  /// The descriptors of a process stand together.
  std::vector<SocketFile> files;
  /// Processes whose descriptors may not be read.
  std::size_t unreadable_processes = 0;
  /// Whether a process may have an io_uring, which can hold files that are in no table of descriptors.
  bool has_io_uring = false;
  /// Who told of them and why, in words.
  std::string source;
  /// Set when nothing could be read at all.
  std::optional<Error> error;
};

/// How many files are open on the machine, if they are so many that reading the owners of sockets takes far
/// longer than to start a thread; else 0.
std::uint64_t many_open_files(const System& system);

/// Reads them all. Processes and descriptors that vanish meanwhile are none. `Auto` takes BPF where so many
/// files are open that loading it pays, and it may be loaded.
SocketFiles read_socket_files(const System& system, ProcessSource source);

}  // namespace sockutils
