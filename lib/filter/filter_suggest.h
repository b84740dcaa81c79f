/// Suggestions for a word that is neither a field nor a state.
#pragma once

#include <string>
#include <string_view>

#include "sockutils/field.h"

namespace sockutils::filter {

/// A similar name, or the complete form of a half-written test: `port 22` for a bare `22`. Empty when nothing
/// is similar.
std::string suggest_test(std::string_view word, const FieldTable& table);

}  // namespace sockutils::filter
