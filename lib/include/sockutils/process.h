/// Who holds a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sockutils {

/// A process as /proc shows it, see proc(5). What was not asked for, or could not be read, has no
/// value. A process is the pair of `pid` and `start_time`: pids are reused. Since: 0.1
struct Process {
  std::int32_t pid = 0;
  /// Clock ticks after boot, as in /proc/PID/stat.
  std::optional<std::uint64_t> start_time;
  /// /proc/PID/comm: up to 15 bytes that the process chose itself, so any bytes at all.
  std::optional<std::string> name;
  /// The arguments, joined by spaces. Empty for a kernel thread.
  std::optional<std::string> command_line;
  /// What /proc/PID/exe points to.
  std::optional<std::string> executable;
  /// Effective user id.
  std::optional<std::uint32_t> uid;
  /// The name of that user.
  std::optional<std::string> user;
};

/// One file descriptor through which a process holds a socket. Since: 0.1
struct Owner {
  /// Never null; lives as long as the result that gave this.
  const Process* process = nullptr;
  /// The thread with the descriptor; equal to the pid unless that thread has a table of its own
  /// (clone(2) without CLONE_FILES).
  std::int32_t tid = 0;
  std::int32_t fd = -1;
};

}  // namespace sockutils
