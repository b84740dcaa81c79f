/// What a monitor costs that is left open: processor, memory, what it writes, and how long a key takes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "load.h"
#include "watched.h"

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string tools = ".";
  milliseconds time{10'000};
  std::vector<std::size_t> loads{0, 10'000, 200'000};
  std::size_t keys_at = 100'000;
};

struct Program {
  std::string label;
  std::vector<std::string> command;
};

/// As many processes as it takes, whatever the limit of open files is.
bench::LoadSize load_of(std::size_t sockets) {
  constexpr std::size_t InOneProcess = 18'000;
  return {sockets, std::max<std::size_t>(sockets / InOneProcess + 1, sockets == 0 ? 1 : 10)};
}

bool is_installed(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  for (const std::string_view folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/local/bin/"})
    if (::access((std::string(folder) + name).c_str(), X_OK) == 0) return true;
  return false;
}

/// What people have open in its place.
std::vector<Program> programs(const Options& options) {
  std::vector<Program> all{{"sockmon", {options.tools + "/sockmon"}},
                           {"sockmon --no-capture", {options.tools + "/sockmon", "--no-capture"}},
                           {"nethogs -a", {"nethogs", "-a"}},
                           {"iftop -n -i lo", {"iftop", "-n", "-i", "lo"}},
                           {"btop", {"btop"}}};
  std::erase_if(all, [](const Program& program) { return !is_installed(program.command.front()); });
  return all;
}

/// A first look may take long, and is not what is left open all day.
void let_settle(bench::Watched& program, std::size_t sockets) {
  program.read_for(milliseconds(3000 + sockets / 50));
}

void measure_cost(const Options& options, const Program& program, std::size_t sockets) {
  bench::Watched watched(program.command);
  let_settle(watched, sockets);
  if (!watched.alive()) {
    fmt::print("  {:<24} did not run\n", program.label);
    return;
  }
  const auto before = watched.processor_time();
  const auto began = Clock::now();
  const std::size_t bytes = watched.read_for(options.time);
  const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const double share =
      std::chrono::duration<double>(watched.processor_time() - before).count() / seconds * 100.0;
  const double mib = watched.mib();
  fmt::print("  {:<24} {:>7.2f} % of a core {:>9.1f} MiB {:>10.0f} bytes/s", program.label, share, mib,
             static_cast<double>(bytes) / seconds);
  if (sockets >= 10'000)
    fmt::print(" {:>8.0f} bytes for each socket", mib * 1024 * 1024 / static_cast<double>(sockets));
  fmt::print("\n");
  std::fflush(stdout);
}

/// From a key to the first byte of what it changes, in milliseconds. Between keys it may do what it does.
std::vector<double> key_times(bench::Watched& program, const std::vector<std::string>& keys,
                              std::size_t count) {
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    program.read_for(milliseconds(137));
    const auto began = Clock::now();
    program.press(keys[i % keys.size()]);
    if (!program.wait_for_output(milliseconds(5000))) continue;
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
  }
  std::sort(times.begin(), times.end());
  return times;
}

void measure_keys(const Options& options) {
  bench::enter_private_network();
  const bench::Load load(load_of(options.keys_at));
  fmt::print("{} sockets: from a key to the first byte of its effect\n", options.keys_at);
  struct Keys {
    std::string label;
    std::vector<std::string> keys;
  };
  // Down and up; pages; the other order; other panes.
  for (const Keys& row : {Keys{"down, up", {"j", "k"}}, Keys{"pages", {"\x1b[6~", "\x1b[5~"}},
                          Keys{"reverse the order", {"r"}}, Keys{"next pane", {"\t"}}}) {
    bench::Watched watched({options.tools + "/sockmon"});
    let_settle(watched, options.keys_at);
    const auto times = key_times(watched, row.keys, 60);
    if (times.empty()) {
      fmt::print("  {:<24} no answer\n", row.label);
      continue;
    }
    fmt::print("  {:<24} median {:>7.2f} ms   95th of 100 {:>7.2f} ms   worst {:>7.2f} ms\n", row.label,
               times[times.size() / 2], times[times.size() * 95 / 100], times.back());
    std::fflush(stdout);
  }
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.time = milliseconds(4000);
      options.loads = {0, 10'000};
      options.keys_at = 10'000;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string value = argv[++i];
    if (word == "--tools")
      options.tools = value;
    else if (word == "--seconds")
      options.time = std::chrono::seconds(std::strtol(value.c_str(), nullptr, 10));
    else if (word == "--sockets")
      options.loads = {std::strtoul(value.c_str(), nullptr, 10)};
    else if (word == "--keys-at")
      options.keys_at = std::strtoul(value.c_str(), nullptr, 10);
    else
      return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    fmt::print(stderr,
               "usage: monitor_bench [--tools FOLDER] [--quick] [--seconds N] [--sockets N] [--keys-at N]\n");
    return 2;
  }
  for (const std::size_t sockets : options.loads) {
    // What the load before has left is not in the next one.
    bench::enter_private_network();
    const bench::Load load(load_of(sockets));
    fmt::print("{} sockets, a second between two looks\n", sockets);
    for (const Program& program : programs(options)) measure_cost(options, program, sockets);
  }
  if (options.keys_at > 0) measure_keys(options);
  return 0;
}
