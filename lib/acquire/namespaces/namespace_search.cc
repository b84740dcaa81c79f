#include "acquire/namespaces/namespace_search.h"

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/caller.h"
#include "acquire/processes/threads.h"
#include "common/process_stat.h"
#include "common/text.h"

namespace sockutils {
namespace {

constexpr std::string_view ProcFolder = "/proc";

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// What was closed, or ended, since the descriptor was read; ENOTTY is the descriptor of a ring that holds
/// the socket.
bool is_gone(int code) {
  return code == ENOENT || code == ESRCH || code == EBADF || code == ENOTSOCK || code == ENOTTY;
}

}  // namespace

NamespaceSearch::NamespaceSearch(const System& system)
    : system_(system), containers_(system, Needs::ProcessGroups | Needs::Containers, {}) {}

void NamespaceSearch::search_named() {
  auto names = system_.list_directory(NamedNetworkNamespaces);
  if (!names) return;
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    const std::string path = std::string(NamedNetworkNamespaces) + '/' + name;
    // A file without a namespace is what a deleted one leaves behind in another mount namespace.
    const auto inode = system_.network_namespace(path);
    if (!inode) continue;
    Found& found = found_[*inode];
    if (found.name.empty()) found.name = name;
    if (found.mount.empty()) found.mount = path;
  }
}

void NamespaceSearch::search_member(const Member& member, std::uint64_t netns) {
  found_[netns].members.push_back(member);
  if (const auto mounts = system_.file_inode(thread_folder(member.tid) + "/ns/mnt"))
    mount_namespaces_.try_emplace(*mounts, member.tid);
}

void NamespaceSearch::search_process(std::int32_t pid) {
  const auto netns_of = [&](std::int32_t tid) { return system_.file_inode(thread_folder(tid) + "/ns/net"); };
  auto netns = netns_of(pid);
  if (netns) {
    search_member({pid, pid}, *netns);
  } else if (netns.error().code == EACCES || netns.error().code == EPERM) {
    const auto text = system_.read_file(thread_folder(pid) + "/stat");
    const auto stat = text ? parse_process_stat(*text) : std::nullopt;
    // Those of the kernel are where it began.
    if (stat && stat->is_kernel_thread) return;
    if (!stat || !stat->has_ended) {
      ++unreadable_processes_;
      return;
    }
  }
  // A thread of ours that is elsewhere counts packets there, which must not keep the namespace listed.
  if (pid == self_) return;
  for (const std::int32_t tid : other_threads(system_, thread_folder(pid) + "/task", pid)) {
    const auto own = netns_of(tid);
    if (!own || (netns && *own == *netns)) continue;
    // The first that lives stands for the process.
    search_member({netns ? tid : pid, tid}, *own);
    if (!netns) netns = own;
  }
}

void NamespaceSearch::search_processes() {
  const auto names = system_.list_directory("/proc");
  if (!names) return;
  self_ = own_process(system_);
  for (const std::string& name : *names)
    if (const auto pid = parse_pid(name)) search_process(*pid);
}

void NamespaceSearch::search_mounts(const std::string& mountinfo, const std::string& root) {
  const auto text = system_.read_file(mountinfo);
  if (!text) return;
  for (const NamespaceMount& mount : parse_namespace_mounts(*text)) {
    Found& found = found_[mount.inode];
    if (found.mount.empty()) found.mount = root + mount.path;
  }
}

void NamespaceSearch::search() {
  if (searched_) return;
  searched_ = true;
  if (const auto own = system_.file_inode(OwnNetworkNamespace)) found_[*own];
  search_named();
  search_processes();
  search_mounts("/proc/thread-self/mountinfo", {});
  const auto own = system_.file_inode("/proc/thread-self/ns/mnt");
  for (const auto& [inode, pid] : mount_namespaces_) {
    const std::string folder = thread_folder(pid);
    if (!own || inode != *own) search_mounts(folder + "/mountinfo", folder + "/root");
  }
}

void NamespaceSearch::search_descriptors(std::span<const SocketFile> descriptors) {
  std::vector<SocketFile> refused;
  for (const SocketFile& file : descriptors) {
    const auto known = found_.find(file.inode);
    if (known != found_.end() && !known->second.is_unreached()) continue;
    const auto inode = system_.network_namespace(descriptor_path(file));
    if (inode && *inode == file.inode)
      found_[file.inode].descriptor = file;
    else if (!inode && !is_gone(inode.error().code) && inode.error().code != EINVAL)  // another kind
      refused.push_back(file);
  }
  // One that nothing else leads to is said when it cannot be entered.
  for (const SocketFile& file : refused)
    if (Found& found = found_[file.inode]; found.is_unreached()) found.descriptor = file;
}

/// To ask more of them would take longer than to read the owners of all sockets.
void NamespaceSearch::ask_sockets(const std::vector<SocketFile>& sockets) {
  std::unordered_set<std::uint32_t> asked;
  for (const SocketFile& socket : sockets) {
    if (socket.pid == self_ || !asked.insert(socket.inode).second) continue;
    if (asked.size() > ManyFiles) {
      ++unreadable_sockets_;
      continue;
    }
    const auto netns = system_.network_namespace(descriptor_path(socket));
    if (netns) {
      Found& found = found_[*netns];
      if (found.is_unreached()) found.descriptor = socket;
    } else if (!is_gone(netns.error().code)) {
      ++unreadable_sockets_;
    }
  }
}

void NamespaceSearch::search_all_descriptors() {
  SocketFiles files = read_socket_files(system_, ProcessSource::Bpf, ListedFiles::SocketsAndNamespaces);
  if (files.error) files = read_socket_files(system_, ProcessSource::Proc, ListedFiles::SocketsAndNamespaces);
  // The same processes, or more: a folder of descriptors can be closed where the namespace is not.
  unreadable_processes_ = std::max(unreadable_processes_, files.unreadable_processes.size());
  search_descriptors(files.namespaces);
  if (!files.knows_socket_namespaces) ask_sockets(files.files);
}

std::optional<NamespaceSearch::Eldest> NamespaceSearch::eldest_of(const Found& found) const {
  std::optional<Eldest> eldest;
  for (const auto& [pid, tid] : found.members) {
    const auto text = system_.read_file(thread_folder(pid) + "/stat");
    auto stat = text ? parse_process_stat(*text) : std::nullopt;
    if (!stat || stat->is_kernel_thread) continue;
    const bool older = !eldest || stat->start_time < eldest->start_time ||
                       (stat->start_time == eldest->start_time && pid < eldest->pid);
    if (older) eldest = Eldest{pid, tid, std::move(stat->name), stat->start_time};
  }
  return eldest;
}

NetworkNamespace NamespaceSearch::describe(std::uint64_t inode, const Found& found) {
  NetworkNamespace space{found.mount, inode, found.name};
  if (!space.name.empty()) return space;
  const auto eldest = eldest_of(found);
  if (eldest) {
    if (space.path.empty()) space.path = thread_folder(eldest->tid) + "/ns/net";
    const Process process = containers_.read(eldest->pid);
    space.name = process.container ? *process.container : eldest->name + '/' + std::to_string(eldest->pid);
  } else if (!space.path.empty()) {
    space.name = last_component(space.path);
  } else if (found.descriptor) {
    space.path = descriptor_path(*found.descriptor);
    const auto text = system_.read_file(thread_folder(found.descriptor->tid) + "/stat");
    const auto stat = text ? parse_process_stat(*text) : std::nullopt;
    space.name = (stat ? stat->name : std::string()) + space.path.substr(ProcFolder.size());
  }
  return space;
}

std::optional<Warning> NamespaceSearch::warning() const {
  if (unreadable_processes_ == 0 && unreadable_sockets_ == 0) return std::nullopt;
  std::string reasons;
  if (unreadable_processes_ != 0)
    reasons = "those of " + std::to_string(unreadable_processes_) +
              (unreadable_processes_ == 1 ? " process" : " processes") + " may not be read";
  if (unreadable_sockets_ != 0)
    reasons += (reasons.empty() ? "" : ", and ") + counted(unreadable_sockets_, "socket") +
               " could not be asked for theirs";
  const Caller caller(system_);
  return Warning{Warning::Kind::SocketsMissing, "network namespaces may be missing: " + reasons,
                 unreadable_sockets_ != 0 ? caller.remedy({Capability::SysPtrace, Capability::NetAdmin})
                                          : caller.remedy({Capability::SysPtrace}),
                 "processes that may not be read"};
}

NetworkNamespaces NamespaceSearch::all(std::optional<std::span<const SocketFile>> descriptors) {
  search();
  if (descriptors)
    search_descriptors(*descriptors);
  else
    search_all_descriptors();
  NetworkNamespaces result;
  for (const auto& [inode, found] : found_) result.found.push_back(describe(inode, found));
  const auto own = system_.file_inode(OwnNetworkNamespace);
  const auto rank = [&](const NetworkNamespace& space) { return own && space.inode == *own ? 0 : 1; };
  std::stable_sort(result.found.begin(), result.found.end(),
                   [&](const NetworkNamespace& a, const NetworkNamespace& b) {
                     return rank(a) != rank(b) ? rank(a) < rank(b) : a.name < b.name;
                   });
  result.warnings = containers_.warnings();
  for (ProcGap& gap : Caller(system_).proc_gaps())
    result.warnings.push_back({Warning::Kind::SocketsMissing,
                               "network namespaces may be missing: " + gap.reason, std::move(gap.remedy)});
  if (!own) {
    result.found.insert(result.found.begin(), NetworkNamespace{});
    result.warnings.push_back(
        {Warning::Kind::SocketsMissing,
         "network namespaces may be missing: they are found through /proc, which is not there",
         "mount proc on /proc"});
  }
  if (auto hidden = warning()) result.warnings.push_back(*std::move(hidden));
  return result;
}

std::string NamespaceSearch::name_of(std::uint64_t inode) {
  search();
  const auto found = found_.find(inode);
  return found != found_.end() ? describe(inode, found->second).name : std::string();
}

}  // namespace sockutils
