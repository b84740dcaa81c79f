/// Numbers as small graphs.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "tui/view/symbols.h"

namespace tui {

/// One character for each of the last `width` numbers, blanks before them when there are fewer. The largest
/// number reaches the top; any that is more than 0 is to be seen; what is negative is absent.
std::string graph(std::span<const float> numbers, std::size_t width, const Symbols& symbols);

}  // namespace tui
