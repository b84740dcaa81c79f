/// The command line of sockprobed, and the file that says the same.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "common/tool_doc.h"
#include "sockprobed/settings.h"

namespace tools::sockprobed {

/// All that `--help`, the man page and completion say.
ToolDoc tool_doc();

/// Why there are no settings, for people.
struct Complaint {
  std::string text;
  /// The command line is wrong, rather than something that it names.
  bool is_usage = true;
};

/// What the command line asks for, and before that the file that it names.
tl::expected<Settings, Complaint> read_settings(int argc, const char* const* argv);

}  // namespace tools::sockprobed
