#include "acquire/processes/process_reader.h"

#include <algorithm>

#include "acquire/containers/containers.h"
#include "acquire/processes/process_groups.h"
#include "acquire/processes/threads.h"
#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// USER_HZ, the unit of times in /proc/PID/stat on every architecture that this library is built for.
constexpr std::uint64_t TicksPerSecond = 100;
constexpr std::uint64_t Microseconds = 1'000'000;

/// Some modules end their label with a newline, some with a NUL.
std::string without_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

}  // namespace

std::string join_command_line(std::string_view text) {
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  std::string joined(text);
  for (char& c : joined)
    if (c == '\0') c = ' ';
  return joined;
}

std::optional<std::uint32_t> parse_effective_uid(std::string_view status) {
  const auto line = line_after(status, "\nUid:");
  const auto ids = split_words(line.value_or(""));
  return ids.size() > 1 ? parse_number<std::uint32_t>(ids[1]) : std::nullopt;
}

std::optional<std::uint64_t> parse_boot_time(std::string_view stat) {
  const auto line = line_after(stat, "\nbtime ");
  return line ? parse_number<std::uint64_t>(*line) : std::nullopt;
}

std::optional<std::uint64_t> parse_uptime(std::string_view text) {
  // "4711.35 8000.12": hundredths of a second, always two digits.
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto seconds = parse_number<std::uint32_t>(text.substr(0, point));
  const auto hundredths = parse_number<std::uint8_t>(text.substr(point + 1, 2));
  if (!seconds || !hundredths) return std::nullopt;
  return *seconds * Microseconds + *hundredths * (Microseconds / 100);
}

const ProcessStat* ProcessReader::stat_of(std::int32_t pid) {
  const auto [entry, is_new] = stats_.try_emplace(pid);
  if (is_new) {
    if (const auto text = system_.read_file("/proc/" + std::to_string(pid) + "/stat"))
      entry->second = parse_process_stat(*text);
  }
  return entry->second ? &*entry->second : nullptr;
}

void ProcessReader::read_stat(Process& process) {
  const ProcessStat* const stat = stat_of(process.pid);
  if (stat == nullptr) return;
  process.name = stat->name;
  process.start_time = stat->start_time;
  process.parent_pid = stat->parent_pid;
  if (needs(Needs::Ancestry)) process.ancestry = ancestry_of(process);
}

/// A parent that ends meanwhile ends the line; a pid that is its own ancestor cannot be, but would not end.
std::string ProcessReader::ancestry_of(const Process& process) {
  constexpr std::size_t Deepest = 64;
  std::string line = *process.name;
  std::int32_t parent = *process.parent_pid;
  for (std::size_t depth = 0; parent > 1 && depth < Deepest; ++depth) {
    const ProcessStat* const stat = stat_of(parent);
    if (stat == nullptr) break;
    line.insert(0, stat->name + " > ");
    parent = stat->parent_pid;
  }
  return line;
}

void ProcessReader::read_times(Process& process) {
  if (!process.start_time) return;
  if (!boot_time_) {
    const auto text = system_.read_file("/proc/stat");
    boot_time_ = text ? parse_boot_time(*text).value_or(0) : 0;
  }
  const std::uint64_t since_boot = *process.start_time * (Microseconds / TicksPerSecond);
  if (*boot_time_ != 0) process.started = *boot_time_ * Microseconds + since_boot;
  const auto text = system_.read_file("/proc/uptime");
  const auto uptime = text ? parse_uptime(*text) : std::nullopt;
  if (uptime) process.age = *uptime - std::min(since_boot, *uptime);
}

void ProcessReader::read_user(Process& process, const std::string& folder) {
  if (const auto text = system_.read_file(folder + "/status")) process.uid = parse_effective_uid(*text);
  if (!process.uid || !user_name_) return;
  std::string user = user_name_(*process.uid);
  if (!user.empty()) process.user = std::move(user);
}

void ProcessReader::read_container(Process& process, const std::vector<std::string>& groups) {
  for (const std::string& group : groups) {
    const auto trace = find_container(group);
    if (!trace || (needs(Needs::Containers) && files_.is_machine(*trace))) continue;
    if (!trace->runtime.empty()) process.container_runtime = trace->runtime;
    process.container_id = trace->id;
    if (!trace->pod_uid.empty()) process.container_pod = trace->pod_uid;
    if (!needs(Needs::Containers)) return;
    const ContainerFacts facts = files_.facts_of(*trace);
    // As much of an id as the runtimes themselves show.
    constexpr std::size_t ShortId = 12;
    process.container = facts.name.empty() ? trace->id.substr(0, ShortId) : facts.name;
    if (!facts.pod.empty()) process.container_pod = facts.pod;
    return;
  }
}

void ProcessReader::read_groups(Process& process, const std::string& folder) {
  const auto text = system_.read_file(folder + "/cgroup");
  const auto groups = parse_process_groups(text ? std::string_view(*text) : std::string_view{});
  if (groups.empty()) return;
  process.cgroup = groups.front();
  SystemdUnits units = find_units(groups.front());
  process.unit = std::move(units.unit);
  process.user_unit = std::move(units.user_unit);
  process.slice = std::move(units.slice);
  read_container(process, groups);
}

Process ProcessReader::read(std::int32_t pid) {
  Process process{.pid = pid};
  read_stat(process);
  const ProcessStat* const stat = stat_of(pid);
  const std::string folder =
      thread_folder(stat != nullptr && stat->has_ended ? living_thread(system_, pid) : pid);
  if (needs(Needs::ProcessTimes)) read_times(process);
  if (needs(Needs::CommandLine)) {
    if (const auto text = system_.read_file(folder + "/cmdline"))
      process.command_line = join_command_line(*text);
  }
  if (needs(Needs::Executable)) {
    if (auto target = system_.read_link(folder + "/exe")) process.executable = std::move(*target);
  }
  if (needs(Needs::WorkingDirectory)) {
    if (auto target = system_.read_link(folder + "/cwd")) process.working_directory = std::move(*target);
  }
  if (needs(Needs::ProcessDetail)) read_user(process, folder);
  if (needs(Needs::SecurityContext)) {
    if (auto label = system_.read_file(folder + "/attr/current"); label && !label->empty())
      process.security_context = without_end(std::move(*label));
  }
  if (needs(Needs::ProcessGroups | Needs::Containers)) read_groups(process, folder);
  return process;
}

}  // namespace sockutils
