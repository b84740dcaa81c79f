#include "acquire/processes/socket_files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <thread>

#include "acquire/processes/process_reader.h"
#include "common/format_text.h"
#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// Starting a thread is worth less than walking so many processes, or so many descriptors.
constexpr std::size_t ProcessesPerThread = 16;
constexpr std::size_t FilesPerThread = 4096;

/// `socket:[4711]`, the target of a link in /proc/PID/fd.
std::optional<std::uint32_t> socket_inode(std::string_view target) {
  constexpr std::string_view Prefix = "socket:[";
  if (!target.starts_with(Prefix) || target.back() != ']') return std::nullopt;
  return parse_number<std::uint32_t>(target.substr(Prefix.size(), target.size() - Prefix.size() - 1));
}

/// A process or descriptor that is gone by now; not an error.
bool has_vanished(int error) { return error == ENOENT || error == ESRCH; }

std::optional<std::int32_t> parse_pid(std::string_view name) {
  const auto pid = parse_number<std::uint32_t>(name);
  return pid ? std::optional(static_cast<std::int32_t>(*pid)) : std::nullopt;
}

/// Walks over processes; one for each thread of the walk.
class Walker {
 public:
  explicit Walker(const System& system) : system_(system) {}

  void visit_process(std::int32_t pid) {
    const std::string folder = "/proc/" + std::to_string(pid);
    if (visit_descriptors(folder + "/fd", pid, pid))
      visit_threads(folder + "/task", pid);
    else if (!is_kernel_thread(folder))
      found_.unreadable_processes.push_back(pid);
  }

  SocketFiles& found() { return found_; }

 private:
  /// False when the folder may not be read.
  bool visit_descriptors(const std::string& folder, std::int32_t pid, std::int32_t tid) {
    std::vector<std::int32_t> rings;
    const auto done = system_.list_links(folder, [&](std::string_view name, std::string_view target) {
      const auto inode = socket_inode(target);
      const auto fd = parse_pid(name);
      if (fd && target == IoUringLink) rings.push_back(*fd);
      if (inode && fd) found_.files.push_back({*inode, pid, tid, *fd});
    });
    if (!rings.empty()) found_.ring_holders.push_back(pid);
    for (const std::int32_t ring : rings)
      for (const std::uint32_t inode :
           parse_registered_sockets(system_.read_file(folder + "info/" + std::to_string(ring)).value_or("")))
        found_.files.push_back({inode, pid, tid, ring});
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
      if (shared && !*shared) visit_descriptors(folder + "/" + std::to_string(*tid) + "/fd", pid, *tid);
    }
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
  found.source = format_text("/proc, {}", why);
  return found;
}

/// Has the kernel list them.
SocketFiles read_bpf(const System& system, std::string_view why) {
  SocketFiles told;
  told.source = format_text("a BPF program, {}", why);
  told.tells_of_rings = false;
  const auto done = system.socket_files([&](const SocketFile& file) { told.files.push_back(file); });
  if (!done) {
    told.files.clear();
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
    const auto inode = words.empty() ? std::nullopt : socket_inode(words.back());
    if (inode) inodes.push_back(*inode);
    line = end;
  }
  return inodes;
}

std::uint64_t open_files(const System& system) {
  const auto text = system.read_file("/proc/sys/fs/file-nr");
  const auto words = text ? split_words(*text) : std::vector<std::string_view>{};
  return words.empty() ? 0 : parse_number<std::uint64_t>(words.front()).value_or(0);
}

SocketFiles read_socket_files(const System& system, ProcessSource source) {
  constexpr std::string_view AsAsked = "as asked for";
  if (source == ProcessSource::Bpf) return read_bpf(system, AsAsked);
  const std::uint64_t files = open_files(system);
  if (source == ProcessSource::Proc) return read_proc(system, AsAsked, files);
  if (files < ManyFiles)
    return read_proc(system, format_text("{} open files are too few for BPF to be quicker", files), files);
  SocketFiles told = read_bpf(system, format_text("{} files are open", files));
  return told.error ? read_proc(system, told.error->message(), files) : told;
}

}  // namespace sockutils
