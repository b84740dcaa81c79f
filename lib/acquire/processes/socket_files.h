/// Which descriptors of which processes are sockets: from /proc, or from the kernel's own list through BPF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

/// The sockets registered with an io_uring (io_uring_register(2)) in the text of its /proc/PID/fdinfo/FD. The
/// kernel leaves them out while the ring is busy. Pure.
std::vector<std::uint32_t> parse_registered_sockets(std::string_view fdinfo);

/// The link in /proc that leads to what is behind a descriptor. Pure.
std::string descriptor_path(const SocketFile& file);

struct SocketFiles {
  /// The descriptors of a process stand together. Sockets that are registered with an io_uring have the
  /// descriptor of that.
  std::vector<SocketFile> files;
  /// Descriptors that lead to a network namespace, whose number is their `inode`; the kernel's list has those
  /// of namespaces of other kinds as well. Not those of this process: whoever follows a namespace has sockets
  /// in it, which must not keep it listed.
  std::vector<SocketFile> namespaces;
  /// Whether one socket of each network namespace is among those, as the kernel's list tells of them.
  bool knows_socket_namespaces = false;
  /// Processes whose descriptors may not be read.
  std::vector<std::int32_t> unreadable_processes;
  /// Processes that have an io_uring among their descriptors.
  std::vector<std::int32_t> ring_holders;
  /// Whether those were looked for.
  bool tells_of_rings = true;
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

/// The process that this is; no value without /proc.
std::optional<std::int32_t> own_process(const System& system);

/// Reads them all; /proc tells of namespaces in any case. Processes and descriptors that vanish meanwhile are
/// none. `Auto` takes BPF where so many files are open that loading it pays, and it may be loaded.
SocketFiles read_socket_files(const System& system, ProcessSource source, ListedFiles which);

}  // namespace sockutils
