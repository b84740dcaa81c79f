/// What the facts of a socket mean, in plain words. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/value.h"

namespace tui {

/// The value of a field of the socket, by the field's name.
using FactLookup = std::function<sockutils::OptionalValue(std::string_view)>;

/// The most telling first; none when nothing is remarkable.
std::vector<std::string> remarks_on(const FactLookup& fact);

}  // namespace tui
