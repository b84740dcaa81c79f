/// Filters that stand in files.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sockls/query.h"

namespace tools::sockls {

/// Reads the filter in the file at `path`, or from standard input when that is `-`. Errors: the file
/// cannot be read, or where in which line it is wrong.
tl::expected<sockutils::Filter, UsageError> read_filter_file(const std::string& path,
                                                             const sockutils::FilterNames& names);

/// The text with its comments and line ends blanked, so that every byte keeps its place. A comment begins
/// with `#` at the start of a line or after a blank, outside of quotes, and ends with the line.
std::string without_comments(std::string_view text);

/// `FILE:3: ...`, the line and a caret below the fault; terminal-safe.
std::string explain_in_file(const sockutils::FilterError& error, std::string_view path,
                            std::string_view text);

}  // namespace tools::sockls
