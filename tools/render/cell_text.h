/// Text for table cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sockutils/field.h"

namespace tools {

using sockutils::Keep;

/// Appends a value for people, safe for a terminal and never empty, so that columns can be counted. Returns
/// its width in terminal columns.
std::size_t append_cell_text(std::string& out, const sockutils::OptionalValue& value, sockutils::Type type);

/// Appends `text`, which is valid UTF-8 without control characters, cut to `width` columns. `mark`, which
/// takes one column, replaces what was cut out.
void append_cut(std::string& out, std::string_view text, std::size_t width, Keep keep, std::string_view mark);

}  // namespace tools
