/// How fast one host is probed, and how long to wait for its answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "sockutils/probe.h"

namespace sockutils::probe {

/// Follows RFC 6298 for time-outs and RFC 5681 for the window. What nmap found about scanning holds here too:
/// silence comes from filters and is no sign of loss; an answer to a later try is one.
class Pacing {
 public:
  using Clock = std::chrono::steady_clock;

  Pacing(const ProbeOptions& options, std::size_t largest_window)
      : timeout_(options.timeout), retries_(options.retries), largest_window_(largest_window) {}

  /// The time-out of the try with this number, from 1.
  std::chrono::microseconds timeout(unsigned number) const;
  /// Maximum number of probes in flight.
  std::size_t window() const { return static_cast<std::size_t>(window_); }
  /// Number of tries for a silent port.
  unsigned tries() const;

  void answered(std::chrono::microseconds round_trip, unsigned number, Clock::time_point now);
  void was_silent();

 private:
  void measure(std::chrono::microseconds round_trip);
  void slow_down(Clock::time_point now);
  void grow();
  unsigned tries_against_loss() const;

  static constexpr double FirstWindow = 10;

  std::optional<std::chrono::milliseconds> timeout_;
  std::optional<unsigned> retries_;
  std::size_t largest_window_;
  std::optional<std::chrono::microseconds> smoothed_;
  std::chrono::microseconds variation_{0};
  double window_ = FirstWindow;
  double slow_start_up_to_ = 1e9;
  unsigned latest_answer_ = 1;
  std::size_t answers_ = 0;
  /// Answers to tries after the first.
  std::size_t late_answers_ = 0;
  std::optional<Clock::time_point> slowed_down_;
};

}  // namespace sockutils::probe
