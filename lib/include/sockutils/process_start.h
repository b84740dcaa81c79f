/// Whether a process is still the one that was seen.
#pragma once

#include <cstdint>

#include "sockutils/error.h"
#include "sockutils/export.h"

namespace sockutils {

/// When a process started, in clock ticks after boot: what `Process::start_time` was made of. Pids are
/// reused, the pair of pid and start time is not.
///
/// Errors: ENOENT when there is no such process, ESRCH when it ends meanwhile, else as open(2) and read(2);
/// EBADMSG when the kernel's line cannot be read. Thread safety: may run in several threads at once. Source:
/// /proc/PID/stat of proc(5).
SOCKUTILS_EXPORT Result<std::uint64_t> process_start_time(std::int32_t pid);

}  // namespace sockutils
