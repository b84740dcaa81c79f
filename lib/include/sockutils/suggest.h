/// What a misspelt word may have meant.
#pragma once

#include <span>
#include <string_view>

#include "sockutils/export.h"

namespace sockutils {

/// The candidate nearest to a misspelt word, or empty when none is near enough to be meant. `word` may
/// be in any case; candidates are in lower case. Thread safety: pure.
SOCKUTILS_EXPORT std::string_view nearest_word(std::string_view word,
                                               std::span<const std::string_view> candidates);

}  // namespace sockutils
