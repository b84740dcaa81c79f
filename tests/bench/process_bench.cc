/// Measures whole processes: what a person waits for between Enter and the prompt. The programs run in
/// turns, so that whatever else the machine does hits all of them alike, and medians are compared.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Options {
  std::string tools = ".";
  std::size_t runs = 51;
  std::size_t sockets = 2000;
  bool json = false;
};

struct Program {
  std::string label;
  std::vector<std::string> command;
  std::vector<double> milliseconds;
};

// The first of each list is what the others are compared with.
std::vector<std::vector<Program>> comparisons(const std::string& tools) {
  const std::string sockls = tools + "/sockls";
  return {
      {{"/bin/true", {"/bin/true"}, {}}},
      {{"ss -tan", {"ss", "-tan"}, {}},
       {"sockls -tan", {sockls, "-tan"}, {}},
       {"sockls -tan --no-processes", {sockls, "-tan", "--no-processes"}, {}}},
      {{"ss -tanp", {"ss", "-tanp"}, {}}, {"sockls -tanp", {sockls, "-tanp"}, {}}},
      {{"ss -xa", {"ss", "-xa"}, {}}, {"sockls -xa --no-processes", {sockls, "-xa", "--no-processes"}, {}}},
  };
}

[[noreturn]] void fail(const std::string& what, int error) {
  fmt::print(stderr, "process_bench: {}: {}\n", what, std::strerror(error));
  std::exit(3);
}

double run_once(const Program& program) {
  std::vector<char*> arguments;
  arguments.reserve(program.command.size() + 1);
  // posix_spawn(3) takes `char* const*` and writes through none of them.
  for (const std::string& word : program.command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);

  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  if (error != 0) fail("run " + program.label, error);
  int status = 0;
  if (::waitpid(pid, &status, 0) < 0) fail("wait for " + program.label, errno);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;

  posix_spawn_file_actions_destroy(&actions);
  // Code 3 comes with a listing too: of a machine with processes that may not be read.
  if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3))
    fail(fmt::format("{} ended with wait status {:#x}", program.label, status), 0);
  return time.count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void measure(std::vector<std::vector<Program>>& groups, std::size_t runs) {
  // One run more than is kept: the first fills caches.
  for (std::size_t run = 0; run <= runs; ++run)
    for (auto& group : groups)
      for (Program& program : group) {
        const double time = run_once(program);
        if (run > 0) program.milliseconds.push_back(time);
      }
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int new_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket", errno);
  return fd;
}

/// Opens about `count` TCP sockets on 127.0.0.1 (pairs of connected ones, and their listener). They stay
/// open as long as this process.
void open_sockets(std::size_t count) {
  if (count == 0) return;
  raise_descriptor_limit();
  const int listener = new_socket();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  void* const place = std::addressof(address);
  socklen_t size = sizeof address;
  if (::listen(listener, SOMAXCONN) != 0) fail("listen", errno);
  if (::getsockname(listener, static_cast<sockaddr*>(place), &size) != 0) fail("getsockname", errno);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t opened = 1; opened < count; opened += 2) {
    if (::connect(new_socket(), static_cast<sockaddr*>(place), size) != 0) fail("connect", errno);
    if (::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC) < 0) fail("accept", errno);
  }
}

void print_text(const std::vector<std::vector<Program>>& groups, std::size_t sockets, std::size_t runs) {
  fmt::print("{} more TCP sockets, medians of {} runs in turns\n", sockets, runs);
  for (const auto& group : groups)
    for (const Program& program : group) {
      const double time = median(program.milliseconds);
      fmt::print("  {:<28} {:9.2f} ms", program.label, time);
      if (&program != &group.front())
        fmt::print("  {:5.2f} x {}", time / median(group.front().milliseconds), group.front().label);
      fmt::print("\n");
    }
}

std::string json_of(const std::vector<std::vector<Program>>& groups, std::size_t sockets, std::size_t runs) {
  std::string out;
  for (const auto& group : groups)
    for (const Program& program : group) {
      const double time = median(program.milliseconds);
      out += fmt::format(R"({}{{"program":"{}","sockets":{},"runs":{},"median_ms":{:.3f})",
                         out.empty() ? "" : ",\n", program.label, sockets, runs, time);
      if (&program != &group.front())
        out += fmt::format(R"(,"ratio":{:.3f},"to":"{}")", time / median(group.front().milliseconds),
                           group.front().label);
      out += '}';
    }
  return out;
}

std::optional<Options> parse(const std::vector<std::string_view>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&] { return i + 1 < words.size() ? std::string(words[++i]) : std::string(); };
    if (words[i] == "--json")
      options.json = true;
    else if (words[i] == "--quick")
      options.runs = 11;
    else if (words[i] == "--tools")
      options.tools = value();
    else if (words[i] == "--runs")
      options.runs = std::strtoul(value().c_str(), nullptr, 10);
    else if (words[i] == "--sockets")
      options.sockets = std::strtoul(value().c_str(), nullptr, 10);
    else
      return std::nullopt;
  }
  return options.runs > 0 ? std::optional(options) : std::nullopt;
}

/// Once on the machine as it is, and once with more sockets to list.
void run_benchmark(const Options& options) {
  std::string json;
  std::vector<std::size_t> scenes{0};
  if (options.sockets > 0) scenes.push_back(options.sockets);
  for (const std::size_t sockets : scenes) {
    open_sockets(sockets);
    auto groups = comparisons(options.tools);
    measure(groups, options.runs);
    if (options.json)
      json += (json.empty() ? "" : ",\n") + json_of(groups, sockets, options.runs);
    else
      print_text(groups, sockets, options.runs);
  }
  if (options.json) fmt::print("{{\"results\": [\n{}\n]}}\n", json);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse({argv + 1, argv + argc});
  if (!options) {
    fmt::print(stderr, "usage: process_bench [--tools FOLDER] [--quick] [--runs N] [--sockets N] [--json]\n");
    return 2;
  }
  run_benchmark(*options);
  return 0;
}
