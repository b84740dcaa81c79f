#include "acquire/processes/owner_table.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "acquire/processes/process_reader.h"
#include "acquire/processes/socket_files.h"

namespace sockutils {

std::string descriptor_path(const Owner& owner) {
  return descriptor_path(SocketFile{0, owner.process->pid, owner.tid, owner.fd});
}

OwnerTable OwnerTable::read(const System& system, ProcessSource source, Needs needs,
                            const std::function<std::string(std::uint32_t)>& user_name) {
  const bool wants_namespaces = needs_any(needs, Needs::PeerOwners | Needs::ProxyTargets);
  SocketFiles found = read_socket_files(
      system, source, wants_namespaces ? ListedFiles::SocketsAndNamespaces : ListedFiles::Sockets);
  OwnerTable table;
  table.unreadable_ = std::move(found.unreadable_processes);
  table.ring_holders_ = std::move(found.ring_holders);
  table.tells_of_rings_ = found.tells_of_rings;
  table.namespaces_ = std::move(found.namespaces);
  table.source_ = std::move(found.source);
  table.error_ = std::move(found.error);
  ProcessReader reader(system, needs, user_name);
  table.index(std::move(found.files), [&](std::int32_t pid) { return reader.read(pid); });
  table.warnings_ = reader.warnings();
  return table;
}

namespace {

/// A descriptor that several threads of a process have is one owner, by whatever table they have it: by that
/// of the process, if it is there, else by that of the thread with the lowest number.
void sort_and_unify(std::vector<SocketFile>& files) {
  const auto owner = [](const SocketFile& file) { return std::tie(file.inode, file.pid, file.fd); };
  std::sort(files.begin(), files.end(), [&](const SocketFile& a, const SocketFile& b) {
    if (owner(a) != owner(b)) return owner(a) < owner(b);
    const bool a_is_thread = a.tid != a.pid, b_is_thread = b.tid != b.pid;
    return std::tie(a_is_thread, a.tid) < std::tie(b_is_thread, b.tid);
  });
  const auto same = [&](const SocketFile& a, const SocketFile& b) { return owner(a) == owner(b); };
  files.erase(std::unique(files.begin(), files.end(), same), files.end());
}

}  // namespace

void OwnerTable::index(std::vector<SocketFile> files, const std::function<Process(std::int32_t)>& read) {
  sort_and_unify(files);
  std::unordered_map<std::int32_t, const Process*> processes;
  inodes_.reserve(files.size());
  owners_.reserve(files.size());
  for (const SocketFile& file : files) {
    const Process*& process = processes[file.pid];
    if (process == nullptr) process = &processes_.emplace_back(read(file.pid));
    inodes_.push_back(file.inode);
    owners_.push_back({process, file.tid, file.fd});
  }
  divide();
}

/// Inodes are counted up, so most sockets of a machine have neighbours: as many divisions as sockets leave a
/// few for each.
void OwnerTable::divide() {
  if (inodes_.empty()) return;
  const std::uint32_t range = inodes_.back() - inodes_.front();
  while ((range >> division_bits_) > inodes_.size()) ++division_bits_;
  divisions_.assign((range >> division_bits_) + 2, 0);
  for (const std::uint32_t inode : inodes_) ++divisions_[((inode - inodes_.front()) >> division_bits_) + 1];
  std::partial_sum(divisions_.begin(), divisions_.end(), divisions_.begin());
}

std::span<const Owner> OwnerTable::owners_of(std::uint64_t inode) const {
  if (inodes_.empty() || inode < inodes_.front() || inode > inodes_.back()) return {};
  const std::size_t division = (inode - inodes_.front()) >> division_bits_;
  const auto begin = inodes_.begin();
  const auto [first, last] =
      std::equal_range(begin + divisions_[division], begin + divisions_[division + 1], inode);
  return std::span(owners_).subspan(static_cast<std::size_t>(first - begin),
                                    static_cast<std::size_t>(last - first));
}

}  // namespace sockutils
