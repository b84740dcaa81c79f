#include "acquire/processes/threads.h"

#include <algorithm>

#include "common/parse_number.h"
#include "common/process_stat.h"

namespace sockutils {

std::optional<std::int32_t> parse_pid(std::string_view name) {
  const auto pid = parse_number<std::uint32_t>(name);
  return pid ? std::optional(static_cast<std::int32_t>(*pid)) : std::nullopt;
}

std::string thread_folder(std::int32_t tid) { return "/proc/" + std::to_string(tid); }

std::vector<std::int32_t> other_threads(const System& system, const std::string& folder, std::int32_t pid) {
  // Each folder in it is a link, and it has two itself.
  constexpr std::uint64_t LinksWithOneThread = 3;
  const auto links = system.link_count(folder);
  if (!links || *links <= LinksWithOneThread) return {};
  const auto names = system.list_directory(folder);
  if (!names) return {};
  std::vector<std::int32_t> threads;
  for (const std::string& name : *names)
    if (const auto tid = parse_pid(name); tid && *tid != pid) threads.push_back(*tid);
  return threads;
}

std::int32_t living_thread(const System& system, std::int32_t pid) {
  std::vector<std::int32_t> threads = other_threads(system, thread_folder(pid) + "/task", pid);
  std::sort(threads.begin(), threads.end());
  const auto lives = [&](std::int32_t tid) {
    const auto text = system.read_file(thread_folder(tid) + "/stat");
    const auto stat = text ? parse_process_stat(*text) : std::nullopt;
    return stat && !stat->has_ended;
  };
  const auto found = std::find_if(threads.begin(), threads.end(), lives);
  return found != threads.end() ? *found : pid;
}

}  // namespace sockutils
