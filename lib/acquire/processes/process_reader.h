/// Processes, from their folders in /proc (proc(5)).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "acquire/containers/container_files.h"
#include "common/process_stat.h"
#include "os/system.h"
#include "sockutils/error.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils {

/// The arguments of /proc/PID/cmdline, each ended by a NUL, joined by blanks. Pure.
std::string join_command_line(std::string_view text);

/// The effective user id in /proc/PID/status. Pure.
std::optional<std::uint32_t> parse_effective_uid(std::string_view status);

/// When the machine was started, in seconds since 1970, in the text of /proc/stat. Pure.
std::optional<std::uint64_t> parse_boot_time(std::string_view stat);

/// How long it has run, in microseconds: the first number of /proc/uptime. Pure.
std::optional<std::uint64_t> parse_uptime(std::string_view text);

/// Reads processes one after the other, and what they have in common once. Not for several threads at once.
class ProcessReader {
 public:
  using UserName = std::function<std::string(std::uint32_t)>;

  /// Reads what `needs` asks for. `user_name` may be empty.
  ProcessReader(const System& system, Needs needs, UserName user_name)
      : system_(system), needs_(needs), user_name_(std::move(user_name)), files_(system) {}

  /// What may not be read, or is gone, stays absent.
  Process read(std::int32_t pid);

  /// What kept the names of containers from being known.
  std::vector<Warning> warnings() const { return files_.warnings(); }

 private:
  bool needs(Needs what) const { return needs_any(needs_, what); }
  void read_stat(Process& process);
  void read_times(Process& process);
  void read_user(Process& process, const std::string& folder);
  void read_groups(Process& process, const std::string& folder);
  void read_container(Process& process, const std::vector<std::string>& groups);
  std::string ancestry_of(const Process& process);
  /// None when it is gone.
  const ProcessStat* stat_of(std::int32_t pid);

  const System& system_;
  Needs needs_;
  UserName user_name_;
  ContainerFiles files_;
  std::unordered_map<std::int32_t, std::optional<ProcessStat>> stats_;
  std::optional<std::uint64_t> boot_time_;
};

}  // namespace sockutils
