#include "acquire/namespaces/namespace_search.h"

#include <algorithm>
#include <cerrno>

#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/caller.h"
#include "common/parse_number.h"

namespace sockutils {
namespace {

std::string process_folder(std::int32_t pid) { return "/proc/" + std::to_string(pid); }

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

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

bool NamespaceSearch::is_kernel_thread(std::int32_t pid) const {
  const auto text = system_.read_file(process_folder(pid) + "/stat");
  const auto stat = text ? parse_process_stat(*text) : std::nullopt;
  return stat && stat->is_kernel_thread;
}

void NamespaceSearch::search_process(std::int32_t pid) {
  const std::string folder = process_folder(pid) + "/ns/";
  const auto inode = system_.file_inode(folder + "net");
  if (inode) {
    found_[*inode].pids.push_back(pid);
  } else if ((inode.error().code == EACCES || inode.error().code == EPERM) && !is_kernel_thread(pid)) {
    ++unreadable_;
  }
  if (const auto mounts = system_.file_inode(folder + "mnt")) mount_namespaces_.try_emplace(*mounts, pid);
}

void NamespaceSearch::search_processes() {
  const auto names = system_.list_directory("/proc");
  if (!names) return;
  for (const std::string& name : *names)
    if (const auto pid = parse_number<std::uint32_t>(name)) search_process(static_cast<std::int32_t>(*pid));
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
    const std::string folder = process_folder(pid);
    if (!own || inode != *own) search_mounts(folder + "/mountinfo", folder + "/root");
  }
}

std::optional<NamespaceSearch::Eldest> NamespaceSearch::eldest_of(const Found& found) const {
  std::optional<Eldest> eldest;
  for (const std::int32_t pid : found.pids) {
    const auto text = system_.read_file(process_folder(pid) + "/stat");
    auto stat = text ? parse_process_stat(*text) : std::nullopt;
    if (!stat || stat->is_kernel_thread) continue;
    const bool older = !eldest || stat->start_time < eldest->start_time ||
                       (stat->start_time == eldest->start_time && pid < eldest->pid);
    if (older) eldest = Eldest{pid, std::move(stat->name), stat->start_time};
  }
  return eldest;
}

NetworkNamespace NamespaceSearch::describe(std::uint64_t inode, const Found& found) {
  NetworkNamespace space{found.mount, inode, found.name};
  if (!space.name.empty()) return space;
  const auto eldest = eldest_of(found);
  if (eldest) {
    if (space.path.empty()) space.path = process_folder(eldest->pid) + "/ns/net";
    const Process process = containers_.read(eldest->pid);
    space.name = process.container ? *process.container : eldest->name + '/' + std::to_string(eldest->pid);
  } else if (!space.path.empty()) {
    space.name = last_component(space.path);
  }
  return space;
}

NetworkNamespaces NamespaceSearch::all() {
  search();
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
  if (unreadable_ != 0)
    result.warnings.push_back({Warning::Kind::SocketsMissing,
                               "network namespaces may be missing: those of " + std::to_string(unreadable_) +
                                   (unreadable_ == 1 ? " process" : " processes") + " may not be read",
                               Caller(system_).remedy({Capability::SysPtrace}),
                               "processes that may not be read"});
  return result;
}

std::string NamespaceSearch::name_of(std::uint64_t inode) {
  search();
  const auto found = found_.find(inode);
  return found != found_.end() ? describe(inode, found->second).name : std::string();
}

}  // namespace sockutils
