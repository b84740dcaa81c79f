/// Who holds which socket.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "os/system.h"
#include "sockutils/field.h"
#include "sockutils/list.h"
#include "sockutils/value.h"

namespace sockutils {

/// The link in /proc that leads to the socket behind a descriptor.
std::string descriptor_path(const Owner& owner);

/// Every descriptor of a socket in every process that may be read. Constant once read: then safe to share
/// between threads.
class OwnerTable {
 public:
  /// `needs` says which details of the processes to read; `user_name` is asked for those. Processes and
  /// descriptors that vanish meanwhile are none.
  static OwnerTable read(const System& system, ProcessSource source, Needs needs,
                         const std::function<std::string(std::uint32_t)>& user_name);

  /// The owners of the socket with this inode number; empty when none is known.
  std::span<const Owner> owners_of(std::uint64_t inode) const;

  /// The inode number of every descriptor, in rising order: one that several hold stands there as often.
  std::span<const std::uint32_t> inodes() const { return inodes_; }

  /// Processes whose descriptors may not be read.
  std::span<const std::int32_t> unreadable_processes() const { return unreadable_; }
  /// Where they were read and why, in words; empty before.
  const std::string& source() const { return source_; }
  /// Descriptors that lead to network namespaces, for those who need the other ends of sockets: see
  /// `SocketFiles::namespaces`.
  std::span<const SocketFile> namespaces() const { return namespaces_; }
  /// What kept details of the owners from being known.
  const std::vector<Warning>& warnings() const { return warnings_; }
  /// Every descriptor of every process, ordered by inode; for those who search all of them.
  std::span<const Owner> all_owners() const { return owners_; }
  /// Processes that have an io_uring among their descriptors: it can hold files that are in no table of
  /// descriptors. Unknown when `tells_of_rings()` is false.
  std::span<const std::int32_t> ring_holders() const { return ring_holders_; }
  bool tells_of_rings() const { return tells_of_rings_; }
  /// Set when nothing could be read at all.
  const std::optional<Error>& error() const { return error_; }

 private:
  void index(std::vector<SocketFile> files, const std::function<Process(std::int32_t)>& read);
  void divide();

  /// References to its elements stay valid.
  std::deque<Process> processes_;
  /// Sorted by inode; `owners_[i]` holds the socket `inodes_[i]`.
  std::vector<std::uint32_t> inodes_;
  std::vector<Owner> owners_;
  /// Where the inodes of each division begin; inodes are divided by the bits above `division_bits_` of their
  /// distance from the first.
  std::vector<std::uint32_t> divisions_;
  unsigned division_bits_ = 0;
  std::vector<SocketFile> namespaces_;
  std::string source_;
  std::vector<std::int32_t> unreadable_;
  std::vector<std::int32_t> ring_holders_;
  bool tells_of_rings_ = true;
  std::optional<Error> error_;
  std::vector<Warning> warnings_;
};

}  // namespace sockutils
