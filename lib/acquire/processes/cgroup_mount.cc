#include "acquire/processes/cgroup_mount.h"

#include <algorithm>
#include <cstddef>

#include "common/text.h"

namespace sockutils {

std::optional<std::string> find_cgroup2_mount(std::string_view mountinfo) {
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    // "35 24 0:30 / /sys/fs/cgroup/unified rw,... shared:9 - cgroup2 cgroup2 rw"
    constexpr std::ptrdiff_t MountPoint = 4;
    const auto words = split_words(line);
    const auto separator = std::find(words.begin(), words.end(), "-");
    const bool is_cgroup2 = words.end() - separator > 1 && separator[1] == "cgroup2";
    if (is_cgroup2 && separator - words.begin() > MountPoint) return std::string(words[MountPoint]);
  }
  return std::nullopt;
}

}  // namespace sockutils
