/// What /proc/PID/stat tells of a process (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/error.h"

namespace sockutils {

/// Its first fields.
struct ProcessStat {
  std::string name;
  std::uint64_t start_time = 0;
  bool is_kernel_thread = false;
  std::int32_t parent_pid = 0;
};
/// Pure. A name may hold blanks and brackets: it ends at the last `)`. No value when the text is cut.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// When a process started, in clock ticks after boot: what `Process::start_time` was made of. Pids are
/// reused, the pair of pid and start time is not.
///
/// Errors: ENOENT when there is no such process, ESRCH when it ends meanwhile, else as open(2) and read(2);
/// EBADMSG when the kernel's line cannot be read.
Result<std::uint64_t> process_start_time(std::int32_t pid);

}  // namespace sockutils
