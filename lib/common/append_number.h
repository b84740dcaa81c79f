/// Numbers to text, independent of the locale.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace sockutils {

/// In `base`, with lower-case letters.
inline void append_number(std::string& out, std::uint64_t number, int base = 10) {
  std::array<char, 64> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
  out.append(digits.data(), result.ptr);
}

/// The shortest form that parses to the same number: `3`, `0.25`.
inline void append_real(std::string& out, double number) {
  std::array<char, 64> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), result.ptr);
}

}  // namespace sockutils
