/// What /proc/PID/stat says about a process (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/error.h"

namespace sockutils {

/// Some of its fields.
struct ProcessStat {
  std::string name;
  std::uint64_t start_time = 0;
  bool is_kernel_thread = false;
  /// A zombie. Of a process this is its main thread: others may live on, see pthread_exit(3).
  bool has_ended = false;
  std::int32_t parent_pid = 0;
};
/// Pure. A name may contain blanks and brackets: it ends at the last `)`. No value when the text is cut off.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// When a process started, in clock ticks after boot, as `Process::start_time`. Pids are reused, but the pair
/// of pid and start time is unique.
///
/// Errors: ENOENT when there is no such process, ESRCH when it ends meanwhile, else as open(2) and read(2);
/// EBADMSG when the kernel's line cannot be parsed.
Result<std::uint64_t> process_start_time(std::int32_t pid);

}  // namespace sockutils
