/// Explains the facts of a socket in plain words. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/value.h"

namespace tui {

/// Returns the value of a field of the socket, given its name.
using FactLookup = std::function<sockutils::OptionalValue(std::string_view)>;

/// The most important one first; none when nothing is remarkable.
std::vector<std::string> remarks_on(const FactLookup& fact);

}  // namespace tui
