/// Which descriptors of which processes are sockets: from /proc, or from the kernel's own list through BPF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "os/system.h"
#include "sockutils/list.h"

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

/// With so many open files, reading the owners of sockets takes so long that it is worth to load a BPF
/// program, or to do something else meanwhile. Loading takes as long as reading so many links in /proc (2
/// ms).
inline constexpr std::uint64_t ManyFiles = 5'000;
/// Files that are open on the whole machine, /proc/sys/fs/file-nr; 0 when it does not say.
std::uint64_t open_files(const System& system);

/// Reads them all. Processes and descriptors that vanish meanwhile are none. `Auto` takes BPF where so many
/// files are open that loading it pays, and it may be loaded.
SocketFiles read_socket_files(const System& system, ProcessSource source);

}  // namespace sockutils
