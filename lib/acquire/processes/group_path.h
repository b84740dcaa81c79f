/// Paths of control groups.
#pragma once

#include <string_view>
#include <vector>

namespace sockutils {

/// The names between the slashes; none is empty. Pure.
std::vector<std::string_view> split_group_path(std::string_view path);

}  // namespace sockutils
