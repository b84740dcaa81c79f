/// The command line of sockmon.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/tool_doc.h"
#include "tui/settings.h"

namespace tui {

/// Everything that `--help`, the man page and completion print.
tools::ToolDoc tool_doc();

/// The settings from the command line, on top of those of the configuration, and the words of its filter.
/// Errors: what is wrong, for people.
struct CommandLine {
  Settings settings;
  std::vector<std::string> filter;
};
tl::expected<CommandLine, std::string> parse_command_line(int argc, const char* const* argv,
                                                          const Settings& configured = {});

}  // namespace tui
