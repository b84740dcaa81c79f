#include "tui/frame.h"

#include <numeric>

namespace tui {

std::uint64_t activity_of(const std::vector<float>& trend) {
  if (trend.empty()) return 0;
  const double sum = std::accumulate(trend.begin(), trend.end(), 0.0);
  auto mean = static_cast<std::uint64_t>(sum / static_cast<double>(trend.size()));
  std::uint64_t unit = 1;
  for (; mean >= 100; mean /= 10) unit *= 10;
  return mean * unit;
}

}  // namespace tui
