#include "tui/collect/playback.h"

#include <charconv>
#include <cstdio>

namespace tui {
namespace {

constexpr std::uint64_t PlayedSecond = 1'000'000;
/// A thousand years; larger numbers are typing errors.
constexpr std::uint64_t Largest = 32'000'000'000;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number > Largest) return std::nullopt;
  return number;
}

}  // namespace

std::optional<PlaceWish> parse_place(std::string_view text) {
  if (text.starts_with('#')) {
    const auto number = number_of(text.substr(1));
    if (!number || *number == 0) return std::nullopt;
    return PlaceWish{PlaceWish::Unit::Number, *number - 1};
  }
  if (text.ends_with('%')) {
    const auto percent = number_of(text.substr(0, text.size() - 1));
    if (!percent || *percent > 100) return std::nullopt;
    return PlaceWish{PlaceWish::Unit::Percent, *percent};
  }
  std::uint64_t seconds = 0;
  for (int parts = 0;; ++parts) {
    const std::size_t colon = text.find(':');
    const auto number = number_of(text.substr(0, colon));
    if (!number || parts == 3 || (parts > 0 && *number > 59)) return std::nullopt;
    seconds = seconds * 60 + *number;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  return seconds > Largest ? std::nullopt
                           : std::optional(PlaceWish{PlaceWish::Unit::Time, seconds * PlayedSecond});
}

std::string clock_text(std::uint64_t microseconds) {
  const std::uint64_t seconds = microseconds / PlayedSecond;
  const std::uint64_t hours = seconds / 3600;
  char text[48];
  const auto minute = static_cast<unsigned>(seconds / 60 % 60);
  const auto second = static_cast<unsigned>(seconds % 60);
  if (hours > 0)
    std::snprintf(text, sizeof text, "%llu:%02u:%02u", static_cast<unsigned long long>(hours), minute,
                  second);
  else
    std::snprintf(text, sizeof text, "%u:%02u", minute, second);
  return text;
}

}  // namespace tui
