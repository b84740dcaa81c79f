/// The threads of a process. Its folder in /proc is that of its main thread, which may end before the others
/// (pthread_exit(3)): then it has no descriptors, no namespaces, no command line, and they have all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/system.h"

namespace sockutils {

/// A number of a process or thread as the name of a folder; no value for other names. Pure.
std::optional<std::int32_t> parse_pid(std::string_view name);

/// `/proc/4711`: that of a thread can be opened too, though it is not listed. Pure.
std::string thread_folder(std::int32_t tid);

/// All threads but the main one; none when there are no others, or when they may not be read. `folder` is
/// `/proc/PID/task`.
std::vector<std::int32_t> other_threads(const System& system, const std::string& folder, std::int32_t pid);

/// A thread that lives, of a process whose main thread has ended: the one with the lowest number. The process
/// itself when there is none.
std::int32_t living_thread(const System& system, std::int32_t pid);

}  // namespace sockutils
