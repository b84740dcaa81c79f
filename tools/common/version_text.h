/// What `--version` says.
#pragma once

#include <string>
#include <string_view>

namespace tools {

/// The program, its version, and on a line each what the library was built with, or without.
std::string version_text(std::string_view program);

}  // namespace tools
