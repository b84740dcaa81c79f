/// Parses command lines; the only user of CLI11.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/tool_doc.h"

namespace tools {

/// What is wrong with the input, for people; no value when nothing is.
using Complaint = std::optional<std::string>;

/// One occurrence of an option.
struct GivenOption {
  /// Index in the table.
  std::size_t index;
  /// No value: the option takes none, or its optional value was left out.
  std::optional<std::string> value;
};

struct Arguments {
  /// In the order of the command line.
  std::vector<GivenOption> options;
  /// Everything else.
  std::vector<std::string> operands;
};

/// Errors: what is wrong, for people; for an unknown option with a suggestion.
tl::expected<Arguments, std::string> parse_arguments(int argc, const char* const* argv,
                                                     std::span<const OptionDoc> options);

}  // namespace tools
