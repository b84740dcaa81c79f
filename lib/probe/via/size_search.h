/// Looking for the largest packet that passes. Pure: time is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace sockutils::probe {

/// Halves what is between a size that passes and one that does not; each is tried twice.
class SizeSearch {
 public:
  using Clock = std::chrono::steady_clock;

  /// `passes` is known to, `most` is as large as it could be, and tried first.
  SizeSearch(std::uint32_t passes, std::uint32_t most, Clock::duration timeouts)
      : most_(most), passes_(passes), fails_(most + 1), next_(most), patience_(timeouts) {}

  /// The size to send now, if it is time for one.
  std::optional<std::uint32_t> take(Clock::time_point now);
  /// An answer to a packet of that size came. One that comes after the size was given up takes that back.
  void on_answer(std::uint32_t size);
  /// It cannot even leave this machine.
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
