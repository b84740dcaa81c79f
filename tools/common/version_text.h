/// The text of `--version`.
#pragma once

#include <string>
#include <string_view>

namespace tools {

/// The program and its version, then one line for each optional part of the library.
std::string version_text(std::string_view program);

}  // namespace tools
