/// What the control groups of a process tell of it, cgroups(7). Everything here is pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockutils {

/// The paths in the text of /proc/PID/cgroup, each once, the most telling first: that of cgroup v2, then that
/// of systemd's own hierarchy of v1, then the others; those that are `/` last.
std::vector<std::string> parse_process_groups(std::string_view text);

/// Units of systemd, as the path of a control group names them (systemd.slice(5)).
struct SystemdUnits {
  std::optional<std::string> unit;
  /// Within user@UID.service, the unit of that user's manager.
  std::optional<std::string> user_unit;
  /// The innermost slice around the unit.
  std::optional<std::string> slice;
};
SystemdUnits find_units(std::string_view path);

/// Undoes the escapes of unit names: `-` stands for `/`, `\x2d` for `-` (systemd.unit(5)).
std::string unescape_unit(std::string_view text);

}  // namespace sockutils
