/// Measures whole processes: what a person waits for between Enter and the prompt, and what that takes at
/// most.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load.h"
#include "programs.h"

namespace {

using bench::Group;
using bench::LoadSize;
using bench::Program;

struct Options {
  std::string tools = ".";
  std::size_t runs = 0;
  bool quick = false;
  /// Asking for ports, and nothing else.
  bool probe = false;
  bool json = false;
  /// Replaces the usual loads.
  std::optional<LoadSize> size;
  std::chrono::seconds limit{60};
};

std::string in_words(const LoadSize& size) {
  return fmt::format("{} sockets in {} {}", size.sockets, size.processes,
                     size.processes == 1 ? "process" : "processes");
}

/// The machine as it is: what a tool costs before it has anything to do.
std::vector<Group> idle_groups(const std::string& sockls) {
  return {{"idle machine", {{"/bin/true", {"/bin/true"}}}},
          {"idle machine",
           {{"ss -tan", {"ss", "-tan"}},
            {"sockls -tan", {sockls, "-tan"}},
            {"sockls -tan --no-processes", {sockls, "-tan", "--no-processes"}}}},
          {"idle machine", {{"ss -tanp", {"ss", "-tanp"}}, {"sockls -tanp", {sockls, "-tanp"}}}},
          {"idle machine",
           {{"ss -xa", {"ss", "-xa"}},
            {"sockls -xa --no-processes", {sockls, "-xa", "--no-processes"}},
            {"sockls -xa", {sockls, "-xa"}}}}};
}

/// The kernel's floor first; in the second group everything walks over processes.
std::vector<Group> loaded_groups(const Options& options, const LoadSize& size) {
  const std::string sockls = options.tools + "/sockls";
  const std::string floor = options.tools + "/kernel_floor";
  const std::string title = in_words(size);
  // INET_DIAG_INFO and what `-i` asks for besides: congestion control.
  const std::string info_extensions = "0x0a";
  std::vector<Group> groups{
      {title,
       {{"bare dump", {floor, "dump"}},
        {"sockls -tanH", {sockls, "-tanH"}},
        {"sockls -ta --jsonl", {sockls, "-tan", "--jsonl"}},
        {"ss -tanH", {"ss", "-tanH"}},
        {"bare dump with tcp_info", {floor, "dump", info_extensions}},
        {"sockls -taniH", {sockls, "-taniH"}, "bare dump with tcp_info"},
        {"sockls --sort -tcp_rtt --limit 20",
         {sockls, "-tanH", "--sort=-tcp_rtt", "--limit=20", "--columns=local,peer,tcp_rtt"},
         "bare dump with tcp_info"},
        {"ss -taniH", {"ss", "-taniH"}, "bare dump with tcp_info"},
        {"bare dump with bytecode", {floor, "filtered"}},
        {"sockls FILTER", {sockls, "-tanH", "dport = :443 and dst 10.0.0.0/8"}, "bare dump with bytecode"}}},
      {title,
       {{"bare dump", {floor, "dump"}},
        {"bare walk of /proc", {floor, "walk"}},
        {"sockls -tanpH", {sockls, "-tanpH"}},
        {"sockls -tanpH, without BPF", {sockls, "-tanpH", "--process-source=proc"}, "bare walk of /proc"},
        {"ss -tanpH", {"ss", "-tanpH"}},
        {"netstat -tanp", {"netstat", "-tanp"}},
        {"lsof -nP -i TCP", {"lsof", "-nP", "-iTCP"}}}}};
  return groups;
}

/// The loop, the tool, and the one that people know.
Group probe_group(const std::string& tools) {
  return {"all 65,535 ports of loopback, 50 of them open",
          {{"a loop of blocking connects", {tools + "/kernel_floor", "connect"}},
           {"sockprobe", {tools + "/sockprobe", "--no-identify", "--open", "127.0.0.1", "all"}},
           {"nmap -sT", {"nmap", "-n", "-Pn", "-sT", "-p1-65535", "--open", "127.0.0.1"}}}};
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  void idle() {
    for (Group& group : idle_groups(options_.tools + "/sockls"))
      run(group, options_.runs > 0 ? options_.runs : (options_.quick ? 11 : 300));
  }

  void loaded(const LoadSize& size) {
    const bench::Load load(size);
    for (Group& group : loaded_groups(options_, size)) run(group, options_.runs > 0 ? options_.runs : 5);
  }

  void probe() {
    const bench::Listeners listeners(50);
    Group group = probe_group(options_.tools);
    run(group, options_.runs > 0 ? options_.runs : (options_.quick ? 3 : 11));
  }

  void finish() const {
    if (options_.json) fmt::print("{{\"results\": [\n{}\n]}}\n", json_);
  }

 private:
  void run(Group& group, std::size_t runs) {
    bench::keep_installed(group);
    if (group.programs.empty()) return;
    bench::measure(group, runs, options_.limit);
    if (options_.json)
      json_ += (json_.empty() ? "" : ",\n") + bench::to_json(group, runs);
    else
      bench::print_text(group, runs);
    std::fflush(stdout);
  }

  const Options& options_;
  std::string json_;
};

std::optional<std::size_t> number(std::string_view text) {
  char* end = nullptr;
  const std::string word(text);
  const unsigned long value = std::strtoul(word.c_str(), &end, 10);
  return word.empty() || *end != '\0' ? std::nullopt : std::optional<std::size_t>(value);
}

std::optional<Options> parse(const std::vector<std::string_view>& words) {
  Options options;
  LoadSize size;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--json" || word == "--quick" || word == "--probe") {
      (word == "--json" ? options.json : word == "--quick" ? options.quick : options.probe) = true;
      continue;
    }
    if (i + 1 == words.size()) return std::nullopt;
    const std::string_view text = words[++i];
    if (word == "--tools") {
      options.tools = text;
      continue;
    }
    const auto value = number(text);
    if (!value) return std::nullopt;
    if (word == "--runs")
      options.runs = *value;
    else if (word == "--sockets")
      size.sockets = *value;
    else if (word == "--processes")
      size.processes = *value;
    else if (word == "--limit")
      options.limit = std::chrono::seconds(*value);
    else
      return std::nullopt;
  }
  if (size.processes == 0) return std::nullopt;
  if (size.sockets > 0) options.size = size;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse({argv + 1, argv + argc});
  if (!options) {
    fmt::print(
        stderr,
        "usage: process_bench [--tools FOLDER] [--quick] [--probe] [--runs N] [--sockets N --processes N] "
        "[--limit SECONDS] [--json]\n");
    return 2;
  }
  constexpr LoadSize Usual[] = {{2'000, 4}, {200'000, 11}, {218'000, 1'000}, {1'000'000, 100}};
  constexpr LoadSize Quick[] = {{2'000, 4}, {50'000, 10}};
  bench::enter_private_network();
  Bench bench(*options);
  if (options->probe) {
    bench.probe();
    bench.finish();
    return 0;
  }
  bench.idle();
  if (options->size) {
    bench.loaded(*options->size);
  } else {
    for (const LoadSize& size :
         options->quick ? std::span<const LoadSize>(Quick) : std::span<const LoadSize>(Usual))
      bench.loaded(size);
  }
  bench.finish();
  return 0;
}
