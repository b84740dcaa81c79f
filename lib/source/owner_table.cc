#include "source/owner_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/parse_number.h"
#include "source/process_reader.h"

namespace sockutils {
namespace {

/// `socket:[4711]`, the target of a link in /proc/PID/fd.
std::optional<std::uint64_t> socket_inode(std::string_view target) {
  constexpr std::string_view Prefix = "socket:[";
  if (!target.starts_with(Prefix) || target.back() != ']') return std::nullopt;
  return parse_number<std::uint64_t>(target.substr(Prefix.size(), target.size() - Prefix.size() - 1));
}

/// A process or descriptor that is gone by now; not an error.
bool has_vanished(int error) { return error == ENOENT || error == ESRCH; }

std::optional<std::int32_t> parse_pid(std::string_view name) {
  const auto pid = parse_number<std::uint32_t>(name);
  return pid ? std::optional(static_cast<std::int32_t>(*pid)) : std::nullopt;
}

}  // namespace

/// One walk over /proc.
class OwnerWalk {
 public:
  OwnerWalk(const System& system, Acquire needs, const std::function<std::string(std::uint32_t)>& user_name)
      : system_(system), reader_(system, needs, user_name) {}

  OwnerTable run() {
    const auto names = system_.list_directory("/proc");
    if (!names) {
      table_.error_ = names.error();
      return std::move(table_);
    }
    std::size_t processes = 0;
    for (const std::string& name : *names) {
      const auto pid = parse_pid(name);
      if (!pid) continue;
      ++processes;
      visit_process(*pid);
    }
    if (processes == 0) table_.error_ = Error{0, "read", "/proc", "no processes there"};
    table_.index(std::move(entries_));
    table_.warnings_ = reader_.warnings();
    return std::move(table_);
  }

 private:
  void visit_process(std::int32_t pid) {
    const std::size_t before = entries_.size();
    const std::string folder = fmt::format("/proc/{}", pid);
    if (!visit_descriptors(folder + "/fd", pid)) {
      if (!is_kernel_thread(folder)) ++table_.unreadable_;
    } else {
      visit_threads(folder + "/task", pid);
    }
    if (entries_.size() == before) return;
    const Process& process = table_.processes_.emplace_back(reader_.read(pid));
    for (std::size_t i = before; i < entries_.size(); ++i) entries_[i].owner.process = &process;
  }

  /// False when the folder may not be read.
  bool visit_descriptors(const std::string& folder, std::int32_t tid) {
    const auto done = system_.list_links(folder, [&](std::string_view name, std::string_view target) {
      if (target == "anon_inode:[io_uring]") table_.has_io_uring_ = true;
      const auto inode = socket_inode(target);
      const auto fd = parse_pid(name);
      if (inode && fd) entries_.push_back({*inode, Owner{nullptr, tid, *fd}});
    });
    return done || has_vanished(done.error().code);
  }

  /// Kernel threads have no descriptors; whether they may be read does not matter.
  bool is_kernel_thread(const std::string& folder) const {
    const auto text = system_.read_file(folder + "/stat");
    const auto stat = text ? parse_process_stat(*text) : std::nullopt;
    return stat && stat->is_kernel_thread;
  }

  /// Threads nearly always share the table of the process; only those that do not are read.
  void visit_threads(const std::string& folder, std::int32_t pid) {
    constexpr std::uint64_t LinksWithOneThread = 3;
    const auto links = system_.link_count(folder);
    if (!links || *links <= LinksWithOneThread) return;
    const auto names = system_.list_directory(folder);
    if (!names) return;
    for (const std::string& name : *names) {
      const auto tid = parse_pid(name);
      if (!tid || *tid == pid) continue;
      const auto shared = system_.share_files(pid, *tid);
      if (shared && !*shared) visit_descriptors(fmt::format("{}/{}/fd", folder, *tid), *tid);
    }
  }

  const System& system_;
  ProcessReader reader_;
  std::vector<OwnerTable::Entry> entries_;
  OwnerTable table_;
};

OwnerTable OwnerTable::read(const System& system, Acquire needs,
                            const std::function<std::string(std::uint32_t)>& user_name) {
  return OwnerWalk(system, needs, user_name).run();
}

void OwnerTable::index(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.inode, a.owner.process->pid, a.owner.tid, a.owner.fd) <
           std::tie(b.inode, b.owner.process->pid, b.owner.tid, b.owner.fd);
  });
  inodes_.reserve(entries.size());
  owners_.reserve(entries.size());
  for (const Entry& entry : entries) {
    inodes_.push_back(entry.inode);
    owners_.push_back(entry.owner);
  }
}

std::span<const Owner> OwnerTable::owners_of(std::uint64_t inode) const {
  const auto [first, last] = std::equal_range(inodes_.begin(), inodes_.end(), inode);
  return std::span(owners_).subspan(static_cast<std::size_t>(first - inodes_.begin()),
                                    static_cast<std::size_t>(last - first));
}

}  // namespace sockutils
