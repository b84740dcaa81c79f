/// Numbered datagrams: how many arrived, in which order, and with how much jitter. Pure: times are
/// parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sockutils/via.h"

namespace sockutils::probe {

/// Maximum number of datagrams in a train; higher numbers do not belong to it.
inline constexpr std::uint32_t MaxDatagrams = 1000;

class Train {
 public:
  /// `sent` is by the sender's clock and `arrived` by ours, in microseconds: only differences count. Returns
  /// false for a duplicate.
  bool add(std::uint32_t number, std::uint64_t sent, std::uint64_t arrived);
  TrainFacts facts(std::uint32_t sent) const;

 private:
  std::vector<bool> seen_;
  std::uint32_t received_ = 0;
  std::uint32_t duplicates_ = 0;
  std::uint32_t reordered_ = 0;
  std::optional<std::uint32_t> highest_;
  std::optional<std::int64_t> last_transit_;
  double variation_ = 0;
};

}  // namespace sockutils::probe
