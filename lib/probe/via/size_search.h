/// Searches for the largest packet that passes. Pure: the time is a parameter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace sockutils::probe {

/// A binary search between a size that passes and one that does not; each size is tried twice.
class SizeSearch {
 public:
  using Clock = std::chrono::steady_clock;

  /// `passes` is known to pass; `most` is the upper limit, and tried first.
  SizeSearch(std::uint32_t passes, std::uint32_t most, Clock::duration timeouts)
      : most_(most), passes_(passes), fails_(most + 1), next_(most), patience_(timeouts) {}

  /// The size to send now, if one is due.
  std::optional<std::uint32_t> take(Clock::time_point now);
  /// Handles an answer to a packet of that size, even one that comes after the size was given up.
  void on_answer(std::uint32_t size);
  /// The packet cannot even leave this machine.
  void on_refusal();

  bool is_over() const { return fails_ - passes_ <= 1; }
  std::uint32_t result() const { return passes_; }

 private:
  void choose();

  std::uint32_t most_;
  std::uint32_t passes_;
  std::uint32_t fails_;
  std::uint32_t next_;
  unsigned tries_ = 0;
  Clock::time_point sent_{};
  Clock::duration patience_;
};

}  // namespace sockutils::probe
