/// The command line, taken apart. The one user of CLI11.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/tool_doc.h"

namespace tools {

/// What is wrong with what was given, for people; or nothing.
using Complaint = std::optional<std::string>;

/// One use of an option.
struct GivenOption {
  /// Index in the table.
  std::size_t index;
  /// No value: the option takes none, or an optional one was left out.
  std::optional<std::string> value;
};

struct Arguments {
  /// In the order of the command line.
  std::vector<GivenOption> options;
  /// Everything else.
  std::vector<std::string> operands;
};

/// Errors: what is wrong, for people; an option that does not exist comes with the one that was meant.
tl::expected<Arguments, std::string> parse_arguments(int argc, const char* const* argv,
                                                     std::span<const OptionDoc> options);

}  // namespace tools
