#include "programs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "load.h"

namespace bench {
namespace {

pid_t start(const Program& program) {
  std::vector<char*> arguments;
  arguments.reserve(program.command.size() + 1);
  // posix_spawn(3) takes `char* const*` and writes through none of them.
  for (const std::string& word : program.command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(program.label.c_str(), error);
  return pid;
}

/// False when the process did not end within `limit`, and was ended.
bool ends_in_time(pid_t pid, std::chrono::seconds limit) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd event{fd, POLLIN, 0};
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  const int ready = ::poll(&event, 1, static_cast<int>(wait));
  if (ready == 0) ::kill(pid, SIGKILL);
  ::close(fd);
  return ready != 0;
}

struct Run {
  double milliseconds;
  double peak_mib;
};

std::optional<Run> run_once(const Program& program, std::chrono::seconds limit) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t pid = start(program);
  const bool in_time = ends_in_time(pid, limit);
  int status = 0;
  rusage used{};
  if (::wait4(pid, &status, 0, &used) < 0) fail(program.label.c_str(), errno);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
  if (!in_time) return std::nullopt;
  // Code 1 is "nothing matched" (lsof), code 3 comes with a listing too: of a machine with processes that may
  // not be read.
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 2) fail(program.label.c_str(), EINVAL);
  return Run{time.count(), static_cast<double>(used.ru_maxrss) / 1024};
}

bool is_installed(const std::string& program) {
  if (program.find('/') != std::string::npos) return ::access(program.c_str(), X_OK) == 0;
  const char* const path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    if (::access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

const Program* find(const Group& group, const std::string& label) {
  for (const Program& program : group.programs)
    if (program.label == label) return &program;
  return nullptr;
}

const Program* baseline_of(const Group& group, const Program& program) {
  const Program* const base =
      program.compared_with.empty() ? &group.programs.front() : find(group, program.compared_with);
  return base == nullptr || base == &program || base->milliseconds.empty() ? nullptr : base;
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void keep_installed(Group& group) {
  std::erase_if(group.programs,
                [](const Program& program) { return !is_installed(program.command.front()); });
}

void measure(Group& group, std::size_t runs, std::chrono::seconds limit) {
  for (std::size_t run = 0; run <= runs; ++run)
    for (Program& program : group.programs) {
      if (program.gave_up) continue;
      const auto result = run_once(program, limit);
      program.gave_up = !result;
      if (!result || run == 0) continue;
      program.milliseconds.push_back(result->milliseconds);
      program.peak_mib = std::max(program.peak_mib, result->peak_mib);
    }
}

void print_text(const Group& group, std::size_t runs) {
  fmt::print("{}; medians of {} runs in turns\n", group.title, runs);
  for (const Program& program : group.programs) {
    fmt::print("  {:<34}", program.label);
    if (program.milliseconds.empty()) {
      fmt::print("did not end in time\n");
      continue;
    }
    const double time = median(program.milliseconds);
    fmt::print("{:10.2f} ms {:8.1f} MiB", time, program.peak_mib);
    if (const Program* const base = baseline_of(group, program))
      fmt::print("  {:6.2f} x {}", time / median(base->milliseconds), base->label);
    fmt::print("\n");
  }
}

std::string to_json(const Group& group, std::size_t runs) {
  std::string out;
  for (const Program& program : group.programs) {
    out += fmt::format(R"({}{{"case":"{}","program":"{}","runs":{})", out.empty() ? "" : ",\n", group.title,
                       program.label, runs);
    if (!program.milliseconds.empty()) {
      const double time = median(program.milliseconds);
      out += fmt::format(R"(,"median_ms":{:.3f},"peak_mib":{:.1f})", time, program.peak_mib);
      if (const Program* const base = baseline_of(group, program))
        out += fmt::format(R"(,"ratio":{:.3f},"to":"{}")", time / median(base->milliseconds), base->label);
    }
    out += '}';
  }
  return out;
}

}  // namespace bench
