/// Sparklines.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "tui/view/symbols.h"

namespace tui {

/// One character for each of the last `width` numbers, padded with blanks on the left. The largest number has
/// full height; any number above 0 is visible; negative numbers are absent values.
std::string graph(std::span<const float> numbers, std::size_t width, const Symbols& symbols);

}  // namespace tui
