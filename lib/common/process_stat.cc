#include "common/process_stat.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/last_error.h"
#include "common/parse_number.h"
#include "common/text.h"
#include "common/unique_fd.h"

namespace sockutils {

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  // starttime is field 22 of the line, so the 20th after the name; flags is field 9.
  constexpr std::size_t StartTime = 19;
  constexpr std::size_t Flags = 6;
  constexpr std::size_t Parent = 1;
  constexpr std::uint64_t KernelThread = 0x00200000;  // PF_KTHREAD of include/linux/sched.h
  const auto rest = split_words(text.substr(close + 1));
  if (rest.size() <= StartTime) return std::nullopt;
  const auto start_time = parse_number<std::uint64_t>(rest[StartTime]);
  const auto flags = parse_number<std::uint64_t>(rest[Flags]);
  const auto parent = parse_number<std::uint32_t>(rest[Parent]);
  if (!start_time || !flags || !parent) return std::nullopt;
  const bool has_ended = rest.front() == "Z" || rest.front() == "X";
  return ProcessStat{std::string(text.substr(open + 1, close - open - 1)), *start_time,
                     (*flags & KernelThread) != 0, has_ended, static_cast<std::int32_t>(*parent)};
}

Result<std::uint64_t> process_start_time(std::int32_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(last_error("open", path));
  // The kernel writes the whole line at once, and it is much shorter than this.
  std::array<char, 4096> line;
  const ssize_t length = ::read(fd.get(), line.data(), line.size());
  if (length < 0) return tl::unexpected(last_error("read", path));
  const auto stat = parse_process_stat({line.data(), static_cast<std::size_t>(length)});
  if (!stat) return tl::unexpected(Error{EBADMSG, "read", path, {}});
  return stat->start_time;
}

}  // namespace sockutils
