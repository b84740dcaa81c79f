/// Numbers in a few characters.
#pragma once

#include <cstdint>
#include <string>

namespace tui {

/// A number of bytes in three digits: `999`, `1.2K`, `34M`. Fine for rates, whose last digits nobody
/// compares, unlike those of queues.
std::string short_bytes(std::uint64_t bytes);

/// `0`, `0.3`, `12`.
std::string short_number(double number);

}  // namespace tui
