/// Where the machine has its control groups, cgroups(7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sockutils {

/// The mount point of cgroup2 in the text of /proc/PID/mountinfo, or none. Pure.
std::optional<std::string> find_cgroup2_mount(std::string_view mountinfo);

}  // namespace sockutils
