/// Numbers in as few characters as say enough.
#pragma once

#include <cstdint>
#include <string>

namespace tui {

/// Bytes, of which three figures are enough: `999`, `1.2K`, `34M`. Rates are no queues: nobody compares their
/// last digits.
std::string short_bytes(std::uint64_t bytes);

/// `0`, `0.3`, `12`.
std::string short_number(double number);

}  // namespace tui
