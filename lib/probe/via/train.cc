#include "probe/via/train.h"

#include <algorithm>
#include <cmath>

namespace sockutils::probe {

bool Train::add(std::uint32_t number, std::uint64_t sent, std::uint64_t arrived) {
  if (number >= MaxDatagrams) return false;
  if (number >= seen_.size()) seen_.resize(number + 1);
  if (seen_[number]) {
    ++duplicates_;
    return false;
  }
  seen_[number] = true;
  ++received_;
  if (highest_ && number < *highest_) ++reordered_;
  highest_ = std::max(highest_.value_or(0), number);
  // RFC 3550, appendix A.8. The difference of two unrelated clocks wraps without harm.
  const auto transit = static_cast<std::int64_t>(arrived - sent);
  if (last_transit_) {
    const auto change = static_cast<std::int64_t>(static_cast<std::uint64_t>(transit) -
                                                  static_cast<std::uint64_t>(*last_transit_));
    variation_ += (std::abs(static_cast<double>(change)) - variation_) / 16;
  }
  last_transit_ = transit;
  return true;
}

TrainFacts Train::facts(std::uint32_t sent) const {
  TrainFacts facts{sent, received_, duplicates_, reordered_, {}};
  // The jitter follows from the other end's clock; it is limited to the longest possible train.
  constexpr double Longest = 3600e6;
  if (received_ > 1) facts.variation = std::chrono::microseconds(std::llround(std::min(variation_, Longest)));
  return facts;
}

}  // namespace sockutils::probe
