/// Telling sockets that the kernel holds for itself (tunnels, NFS) from those whose owner is not known.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "acquire/namespaces/namespace_reader.h"
#include "acquire/processes/owner_table.h"
#include "model/socket.h"

namespace sockutils {

/// Descriptors on their way through a unix socket, as its /proc/PID/fdinfo/FD says (since Linux 5.11): they
/// are in no process's table. No value for other files. Pure.
std::optional<std::uint64_t> parse_descriptors_in_flight(std::string_view fdinfo);

/// Why it is unknown who holds a socket without an owner, though every process was read.
struct OwnerDoubt {
  /// Follows "the owner of 1 socket is unknown: ".
  std::string reason;
  std::string remedy = {};
};

/// A socket with an inode that no process holds is the kernel's, if every process was looked at while it was
/// there, and no descriptor was on its way between processes or held by an io_uring. Only that is believed.
/// Not for several threads at once.
class KernelSockets {
 public:
  explicit KernelSockets(const System& system) : system_(system) {}

  /// Remembers the internet sockets that wait for others, which is what the kernel's own do, instead of those
  /// of the last call. To be called before the owners are read. Does nothing for those who may not see every
  /// process.
  void note(NamespaceReader& reader, const std::vector<DumpGroup>& dump_groups);

  /// `socket` has no owner in `owners`.
  bool holds(const Socket& socket, const OwnerTable& owners);

  /// Whether `doubt()` is the reason why `holds()` is false for this socket.
  bool is_in_doubt(const Socket& socket) const { return doubt_ && is_noted(socket); }
  const std::optional<OwnerDoubt>& doubt() const { return doubt_; }

 private:
  bool may_see_everything() const;
  bool is_noted(const Socket& socket) const { return socket.inode && inodes_.contains(*socket.inode); }
  /// Whether only the kernel can hold a noted socket without an owner. If not, sets `doubt_`, unless
  /// processes could not be read: other warnings report that.
  bool decide(const OwnerTable& owners);
  std::optional<OwnerDoubt> find_doubt(const OwnerTable& owners) const;
  std::optional<OwnerDoubt> find_in_flight(std::span<const Owner> owners) const;
  std::optional<OwnerDoubt> find_mapped_ring() const;
  Mappings mappings_of(const std::string& folder) const;

  const System& system_;
  std::unordered_set<std::uint64_t> inodes_;
  std::optional<bool> conclusive_;
  std::optional<OwnerDoubt> doubt_;
};

}  // namespace sockutils
