/// The command line of sockprobed, and its configuration file.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "common/tool_doc.h"
#include "sockprobed/settings.h"

namespace tools::sockprobed {

/// Everything that `--help`, the man page and completion print.
ToolDoc tool_doc();

/// Why there are no settings, for people.
struct Complaint {
  std::string text;
  /// The command line itself is wrong, not something that it refers to.
  bool is_usage = true;
};

/// The settings of the configuration file that the command line names, then those of the command line.
tl::expected<Settings, Complaint> read_settings(int argc, const char* const* argv);

}  // namespace tools::sockprobed
