#include "tui/view/human.h"

#include <array>
#include <cstdio>
#include <string_view>

namespace tui {

std::string short_bytes(std::uint64_t bytes) {
  constexpr std::string_view Suffixes = "KMGTPE";
  constexpr double Unit = 1024;
  if (bytes < 1000) return std::to_string(bytes);
  double scaled = static_cast<double>(bytes) / Unit;
  std::size_t suffix = 0;
  for (; scaled >= 999.5 && suffix + 1 < Suffixes.size(); ++suffix) scaled /= Unit;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), scaled < 9.95 ? "%.1f" : "%.0f", scaled);
  return text.data() + std::string(1, Suffixes[suffix]);
}

std::string short_number(double number) {
  std::array<char, 352> text{};
  std::snprintf(text.data(), text.size(), number > 0 && number < 9.95 ? "%.1f" : "%.0f", number);
  return text.data();
}

}  // namespace tui
