/// The command line of sockprobe.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/tool_doc.h"
#include "sockprobe/settings.h"

namespace tools::sockprobe {

/// Everything that `--help`, the man page and completion print.
ToolDoc tool_doc();

/// The settings from the command line, and its words: a host and ports. Errors: what is wrong, for people.
struct CommandLine {
  Settings settings;
  std::vector<std::string> operands;
};
tl::expected<CommandLine, std::string> parse_command_line(int argc, const char* const* argv);

}  // namespace tools::sockprobe
