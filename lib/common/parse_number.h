/// Text to numbers, strictly: no locale, sign, blanks or overflow.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace sockutils {

/// Parses all of `text` as an unsigned number in `base`; no value when it contains anything else, or when the
/// number does not fit.
template <std::unsigned_integral T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || rest != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace sockutils
