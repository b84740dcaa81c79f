#include "probe/pacing.h"

#include <algorithm>

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;

constexpr microseconds ShortestTimeout = std::chrono::milliseconds(100);
constexpr microseconds FirstTimeout = std::chrono::seconds(1);
constexpr microseconds LongestTimeout = std::chrono::seconds(10);
constexpr unsigned UsualTries = 3;
constexpr unsigned MostTries = 11;
/// A host that says nothing may be behind a filter: so many small packets in a second harm no line.
constexpr double SilentWindow = 100;

}  // namespace

microseconds Pacing::timeout(unsigned number) const {
  if (timeout_) return *timeout_;
  const microseconds once =
      smoothed_ ? std::clamp(*smoothed_ + 4 * variation_, ShortestTimeout, LongestTimeout) : FirstTimeout;
  const unsigned doublings = std::min(number - 1, 7u);
  return std::min(once * (1u << doublings), LongestTimeout);
}

unsigned Pacing::tries() const {
  if (retries_) return *retries_ + 1;
  return std::min(std::max(UsualTries, latest_answer_ + 2), MostTries);
}

void Pacing::measure(microseconds round_trip) {
  if (!smoothed_) {
    smoothed_ = round_trip;
    variation_ = round_trip / 2;
    return;
  }
  const microseconds difference = std::chrono::abs(*smoothed_ - round_trip);
  variation_ = (3 * variation_ + difference) / 4;
  smoothed_ = (7 * *smoothed_ + round_trip) / 8;
}

void Pacing::slow_down(Clock::time_point now) {
  // The answers to one window's losses come within one round trip, and are one event.
  if (slowed_down_ && now - *slowed_down_ < smoothed_.value_or(FirstTimeout)) return;
  slowed_down_ = now;
  slow_start_up_to_ = std::max(window_ / 2, FirstWindow);
  window_ = 1;
}

void Pacing::answered(microseconds round_trip, unsigned number, Clock::time_point now) {
  measure(round_trip);
  latest_answer_ = std::max(latest_answer_, number);
  if (number > 1) return slow_down(now);
  window_ += window_ < slow_start_up_to_ ? 1 : 1 / window_;
  window_ = std::min(window_, static_cast<double>(largest_window_));
}

void Pacing::was_silent() {
  if (smoothed_ || window_ >= SilentWindow) return;
  window_ = std::min(window_ + 1, static_cast<double>(largest_window_));
}

}  // namespace sockutils::probe
