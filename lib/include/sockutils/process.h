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
  /// The process that started it, or that took its place as parent.
  std::optional<std::int32_t> parent_pid = {};
  /// Microseconds since 1970-01-01 00:00 UTC, and microseconds from then to when it was read.
  std::optional<std::uint64_t> started = {};
  std::optional<std::uint64_t> age = {};
  /// What /proc/PID/cwd points to.
  std::optional<std::string> working_directory = {};
  /// The names of its ancestors, the eldest first, and its own: `sshd > bash > python3`. Process 1, from
  /// which all descend, is left out.
  std::optional<std::string> ancestry = {};
  /// /proc/PID/attr/current, without what ends it: a label of SELinux, AppArmor or Smack.
  std::optional<std::string> security_context = {};
  /// Path of its control group, cgroups(7): that of cgroup v2 unless only v1 says more than `/`.
  std::optional<std::string> cgroup = {};
  /// Units of systemd that it runs in: of the system's manager, and of a user's.
  std::optional<std::string> unit = {};
  std::optional<std::string> user_unit = {};
  std::optional<std::string> slice = {};
  /// The container that it runs in: what its runtime calls it, the runtime, the id, and in Kubernetes the
  /// pod as `namespace/name`, or the pod's uid when no file tells more.
  std::optional<std::string> container = {};
  std::optional<std::string> container_runtime = {};
  std::optional<std::string> container_id = {};
  std::optional<std::string> container_pod = {};

  friend bool operator==(const Process&, const Process&) = default;
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
