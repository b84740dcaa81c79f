/// One process, from its folder in /proc (proc(5)).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/field.h"
#include "sockutils/process.h"
#include "system/system.h"

namespace sockutils {

/// What /proc/PID/stat tells first. Pure.
struct ProcessStat {
  std::string name;
  std::uint64_t start_time = 0;
  bool is_kernel_thread = false;
};
/// A name may hold blanks and brackets: it ends at the last `)`. No value when the text is cut.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// The arguments of /proc/PID/cmdline, each ended by a NUL, joined by blanks. Pure.
std::string join_command_line(std::string_view text);

/// The effective user id in /proc/PID/status. Pure.
std::optional<std::uint32_t> parse_effective_uid(std::string_view status);

/// Reads what `needs` asks for. What may not be read, or is gone, stays absent.
Process read_process(const System& system, std::int32_t pid, Acquire needs,
                     const std::function<std::string(std::uint32_t)>& user_name);

}  // namespace sockutils
