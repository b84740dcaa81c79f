#include "tui/view/graph.h"

#include <algorithm>
#include <cmath>

namespace tui {
namespace {

std::size_t level_of(float number, float most, std::size_t top) {
  if (number <= 0 || most <= 0) return 0;
  const auto level = static_cast<std::size_t>(std::lround(number / most * static_cast<float>(top)));
  return std::clamp<std::size_t>(level, 1, top);
}

}  // namespace

std::string graph(std::span<const float> numbers, std::size_t width, const Symbols& symbols) {
  if (numbers.size() > width) numbers = numbers.last(width);
  const float most = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
  std::string text(width - numbers.size(), ' ');
  for (const float number : numbers)
    text += symbols.levels[level_of(number, most, symbols.levels.size() - 1)];
  return text;
}

}  // namespace tui
