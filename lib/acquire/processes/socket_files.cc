#include "acquire/processes/socket_files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_set>

#include "acquire/processes/threads.h"
#include "common/format_text.h"
#include "common/parse_number.h"
#include "common/process_stat.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// Starting a thread is worth less than walking so many processes, or so many descriptors.
constexpr std::size_t ProcessesPerThread = 16;
constexpr std::size_t FilesPerThread = 4096;

constexpr std::string_view SocketPrefix = "socket:[";
constexpr std::string_view NamespacePrefix = "net:[";

/// The number in `socket:[4711]`, the target of a link in /proc/PID/fd.
std::optional<std::uint32_t> linked_inode(std::string_view target, std::string_view prefix) {
  if (!target.starts_with(prefix) || target.back() != ']') return std::nullopt;
  return parse_number<std::uint32_t>(target.substr(prefix.size(), target.size() - prefix.size() - 1));
}

/// A process or descriptor that is gone by now; not an error.
bool has_vanished(int error) { return error == ENOENT || error == ESRCH; }

/// Walks over processes; one for each thread of the walk.
class Walker {
 public:
  explicit Walker(const System& system) : system_(system) {}

  void visit_process(std::int32_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid);
    const std::size_t begin = found_.files.size();
    if (!visit_descriptors(folder + "/fd", pid, pid)) {
      const auto text = system_.read_file(folder + "/stat");
      const auto stat = text ? parse_process_stat(*text) : std::nullopt;
      // Kernel threads and zombies have no descriptors; whether they may be read does not matter.
      if (stat && stat->is_kernel_thread) return;
      if (!stat || !stat->has_ended) {
        found_.unreadable_processes.push_back(pid);
        return;
      }
    }
    if (!visit_threads(folder + "/task", pid, begin)) found_.unreadable_processes.push_back(pid);
  }

  SocketFiles& found() { return found_; }

 private:
  /// False when the folder may not be read.
  bool visit_descriptors(const std::string& folder, std::int32_t pid, std::int32_t tid) {
    std::vector<std::int32_t> rings;
    const auto done = system_.list_links(folder, [&](std::string_view name, std::string_view target) {
      const auto fd = parse_pid(name);
      if (!fd) return;
      if (target == IoUringLink) rings.push_back(*fd);
      if (const auto socket = linked_inode(target, SocketPrefix))
        found_.files.push_back({*socket, pid, tid, *fd});
      else if (const auto netns = linked_inode(target, NamespacePrefix))
        found_.namespaces.push_back({*netns, pid, tid, *fd});
    });
    if (!rings.empty()) found_.ring_holders.push_back(pid);
    for (const std::int32_t ring : rings)
      for (const std::uint32_t inode :
           parse_registered_sockets(system_.read_file(folder + "info/" + std::to_string(ring)).value_or("")))
        found_.files.push_back({inode, pid, tid, ring});
    return done || has_vanished(done.error().code);
  }

  /// Threads nearly always share the table of the process; only those that do not are read. The files of the
  /// process begin at `begin`; it has none where its main thread has ended. False when those of a thread may
  /// not be read.
  bool visit_threads(const std::string& folder, std::int32_t pid, std::size_t begin) {
    std::vector<std::int32_t> tables{pid};
    bool readable = true;
    for (const std::int32_t tid : other_threads(system_, folder, pid)) {
      if (!needs_reading(tables, tid)) continue;
      const std::size_t own = found_.files.size();
      if (!visit_descriptors(folder + "/" + std::to_string(tid) + "/fd", pid, tid)) readable = false;
      if (is_repetition(begin, own)) found_.files.resize(own);
      tables.push_back(tid);
    }
    return readable;
  }

  /// `tables` are threads, each with a table that was read. Where kcmp(2) is refused, as by the seccomp
  /// filters of containers, nothing is known of the tables.
  bool needs_reading(const std::vector<std::int32_t>& tables, std::int32_t tid) const {
    // Threads are begun in groups: the last one is more likely than those before.
    for (auto table = tables.rbegin(); table != tables.rend(); ++table) {
      const auto shared = system_.share_files(*table, tid);
      if (!shared) return !has_vanished(shared.error().code);
      if (*shared) return false;
    }
    return true;
  }

  /// Whether the files from `own` on stand at `begin` already: a shared table, or a copy of it.
  bool is_repetition(std::size_t begin, std::size_t own) const {
    const auto before = std::span(found_.files).subspan(begin, own - begin);
    const auto files = std::span(found_.files).subspan(own);
    return files.size() <= before.size() && std::equal(files.begin(), files.end(), before.begin(),
                                                       [](const SocketFile& a, const SocketFile& b) {
                                                         return a.inode == b.inode && a.fd == b.fd;
                                                       });
  }

  const System& system_;
  SocketFiles found_;
};

Result<std::vector<std::int32_t>> list_processes(const System& system) {
  const auto names = system.list_directory("/proc");
  if (!names) return tl::unexpected(names.error());
  std::vector<std::int32_t> pids;
  for (const std::string& name : *names)
    if (const auto pid = parse_pid(name)) pids.push_back(*pid);
  if (pids.empty()) return tl::unexpected(Error{0, "read", "/proc", "no processes there"});
  return pids;
}

std::size_t thread_count(std::size_t processes, std::uint64_t files) {
  const std::size_t worthwhile =
      std::min(processes, std::max<std::size_t>(processes / ProcessesPerThread, files / FilesPerThread));
  // How many processors there are has to be read from a file.
  if (worthwhile <= 1) return 1;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, worthwhile);
}

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// One process can hold as many sockets as all others: each thread takes the next one when it is done.
SocketFiles walk(const System& system, const std::vector<std::int32_t>& pids, std::uint64_t open_files) {
  std::atomic<std::size_t> next{0};
  std::vector<Walker> walkers(thread_count(pids.size(), open_files), Walker(system));
  const auto work = [&](Walker& walker) {
    for (std::size_t i = next++; i < pids.size(); i = next++) walker.visit_process(pids[i]);
  };
  std::vector<std::thread> threads;
  try {
    for (std::size_t i = 1; i < walkers.size(); ++i) threads.emplace_back(work, std::ref(walkers[i]));
  } catch (const std::system_error&) {
    // No more threads to be had: those that are there do the work.
  }
  work(walkers.front());
  for (std::thread& thread : threads) thread.join();

  SocketFiles all = std::move(walkers.front().found());
  for (std::size_t i = 1; i < walkers.size(); ++i) {
    const SocketFiles& more = walkers[i].found();
    append(all.files, more.files);
    append(all.unreadable_processes, more.unreadable_processes);
    append(all.ring_holders, more.ring_holders);
    append(all.namespaces, more.namespaces);
  }
  std::sort(all.unreadable_processes.begin(), all.unreadable_processes.end());
  return all;
}

SocketFiles read_proc(const System& system, std::string_view why, std::uint64_t open_files) {
  const auto pids = list_processes(system);
  SocketFiles found;
  if (pids)
    found = walk(system, *pids, open_files);
  else
    found.error = pids.error();
  if (!found.namespaces.empty())
    std::erase_if(found.namespaces,
                  [self = own_process(system)](const SocketFile& file) { return file.pid == self; });
  found.source = format_text("/proc, {}", why);
  return found;
}

/// Has the kernel list them.
SocketFiles read_bpf(const System& system, ListedFiles which, std::string_view why) {
  SocketFiles told;
  told.source = format_text("a BPF program, {}", why);
  told.tells_of_rings = false;
  told.knows_socket_namespaces = which == ListedFiles::SocketsAndNamespaces;
  const auto self =
      which == ListedFiles::SocketsAndNamespaces ? own_process(system) : std::optional<std::int32_t>();
  std::unordered_set<std::uint32_t> known;
  std::uint32_t last = 0;
  const auto done = system.socket_files(which, [&](const KernelFile& listed) {
    const SocketFile& file = listed.file;
    if (!listed.is_namespace) told.files.push_back(file);
    if (file.pid == self) return;
    if (listed.is_namespace) return told.namespaces.push_back(file);
    if (listed.netns == last) return;
    last = listed.netns;
    if (known.insert(last).second) told.namespaces.push_back({last, file.pid, file.tid, file.fd});
  });
  if (!done) {
    told.files.clear();
    told.namespaces.clear();
    told.error = done.error();
  }
  return told;
}

}  // namespace

std::vector<std::uint32_t> parse_registered_sockets(std::string_view fdinfo) {
  // "UserFiles:\t2\n    0: socket:[4711]\n": the lines of its files begin with blanks.
  std::vector<std::uint32_t> inodes;
  constexpr std::string_view Label = "\nUserFiles:";
  std::size_t line = fdinfo.find(Label);
  if (line != std::string_view::npos) line = fdinfo.find('\n', line + 1);
  while (line != std::string_view::npos && fdinfo.substr(line + 1).starts_with(' ')) {
    const std::size_t end = fdinfo.find('\n', line + 1);
    const auto words = split_words(fdinfo.substr(line + 1, end == fdinfo.npos ? end : end - line - 1));
    const auto inode = words.empty() ? std::nullopt : linked_inode(words.back(), SocketPrefix);
    if (inode) inodes.push_back(*inode);
    line = end;
  }
  return inodes;
}

std::string descriptor_path(const SocketFile& file) {
  const std::string process = "/proc/" + std::to_string(file.pid);
  const std::string thread = file.tid != file.pid ? "/task/" + std::to_string(file.tid) : "";
  return process + thread + "/fd/" + std::to_string(file.fd);
}

std::optional<std::int32_t> own_process(const System& system) {
  const auto link = system.read_link("/proc/self");
  return link ? parse_pid(*link) : std::nullopt;
}

std::uint64_t open_files(const System& system) {
  const auto text = system.read_file("/proc/sys/fs/file-nr");
  const auto words = text ? split_words(*text) : std::vector<std::string_view>{};
  return words.empty() ? 0 : parse_number<std::uint64_t>(words.front()).value_or(0);
}

SocketFiles read_socket_files(const System& system, ProcessSource source, ListedFiles which) {
  constexpr std::string_view AsAsked = "as asked for";
  if (source == ProcessSource::Bpf) return read_bpf(system, which, AsAsked);
  const std::uint64_t files = open_files(system);
  if (source == ProcessSource::Proc) return read_proc(system, AsAsked, files);
  if (files < ManyFiles)
    return read_proc(system, format_text("{} open files are too few for BPF to be quicker", files), files);
  SocketFiles told = read_bpf(system, which, format_text("{} files are open", files));
  return told.error ? read_proc(system, told.error->message(), files) : told;
}

}  // namespace sockutils
