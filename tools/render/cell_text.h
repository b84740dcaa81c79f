/// Text that has to fit a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sockutils/field.h"

namespace tools {

using sockutils::Keep;

/// Appends a value for people, safe for a terminal and never empty, so that columns can be counted; how many
/// columns of the terminal it takes.
std::size_t append_cell_text(std::string& out, const sockutils::OptionalValue& value, sockutils::Type type);

/// Appends `text`, valid UTF-8 and free of control characters, cut to `width` columns with `mark`,
/// which takes one column, where something is missing.
void append_cut(std::string& out, std::string_view text, std::size_t width, Keep keep, std::string_view mark);

}  // namespace tools
