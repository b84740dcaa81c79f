/// What a word that is neither a field nor a state may have meant.
#pragma once

#include <string>
#include <string_view>

#include "sockutils/field.h"

namespace sockutils::filter {

/// A name that is spelt alike, or the test that was left half written: `port 22` for a bare `22`. Empty
/// when nothing is near.
std::string suggest_test(std::string_view word, const FieldTable& table);

}  // namespace sockutils::filter
