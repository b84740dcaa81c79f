#include "source/process_reader.h"

#include <fmt/format.h>

#include "base/parse_number.h"
#include "base/text.h"

namespace sockutils {

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  // starttime is field 22 of the line, so the 20th after the name; flags is field 9.
  constexpr std::size_t StartTime = 19;
  constexpr std::size_t Flags = 6;
  constexpr std::uint64_t KernelThread = 0x00200000;  // PF_KTHREAD of include/linux/sched.h
  const auto rest = split_words(text.substr(close + 1));
  if (rest.size() <= StartTime) return std::nullopt;
  const auto start_time = parse_number<std::uint64_t>(rest[StartTime]);
  const auto flags = parse_number<std::uint64_t>(rest[Flags]);
  if (!start_time || !flags) return std::nullopt;
  return ProcessStat{std::string(text.substr(open + 1, close - open - 1)), *start_time,
                     (*flags & KernelThread) != 0};
}

std::string join_command_line(std::string_view text) {
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  std::string joined(text);
  for (char& c : joined)
    if (c == '\0') c = ' ';
  return joined;
}

std::optional<std::uint32_t> parse_effective_uid(std::string_view status) {
  constexpr std::string_view Label = "\nUid:";
  const std::size_t label = status.find(Label);
  if (label == std::string_view::npos) return std::nullopt;
  const std::string_view line = status.substr(label + Label.size());
  const auto ids = split_words(line.substr(0, line.find('\n')));
  return ids.size() > 1 ? parse_number<std::uint32_t>(ids[1]) : std::nullopt;
}

Process read_process(const System& system, std::int32_t pid, Acquire needs,
                     const std::function<std::string(std::uint32_t)>& user_name) {
  const std::string folder = fmt::format("/proc/{}", pid);
  Process process{.pid = pid};
  if (const auto text = system.read_file(folder + "/stat")) {
    if (auto stat = parse_process_stat(*text)) {
      process.name = std::move(stat->name);
      process.start_time = stat->start_time;
    }
  }
  if (needs_any(needs, Acquire::CommandLine)) {
    if (const auto text = system.read_file(folder + "/cmdline"))
      process.command_line = join_command_line(*text);
  }
  if (needs_any(needs, Acquire::Executable)) {
    if (auto target = system.read_link(folder + "/exe")) process.executable = std::move(*target);
  }
  if (needs_any(needs, Acquire::ProcessDetail)) {
    if (const auto text = system.read_file(folder + "/status")) process.uid = parse_effective_uid(*text);
  }
  if (process.uid && user_name) {
    std::string user = user_name(*process.uid);
    if (!user.empty()) process.user = std::move(user);
  }
  return process;
}

}  // namespace sockutils
