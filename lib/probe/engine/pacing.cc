#include "probe/engine/pacing.h"

#include <algorithm>
#include <cmath>

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;

constexpr microseconds ShortestTimeout = std::chrono::milliseconds(100);
constexpr microseconds FirstTimeout = std::chrono::seconds(1);
constexpr microseconds LongestTimeout = std::chrono::seconds(10);
constexpr unsigned UsualTries = 3;
constexpr unsigned MaxTries = 11;
/// Silence is usually the reaction of a filter. This many small packets at once harm no network, lost or not.
constexpr double SilentWindow = 200;
/// Nor do this many when some are lost.
constexpr double LossyWindow = 100;

/// The factor by which the time-out of this try exceeds that of the first. An answer later than four times
/// the usual time-out is most likely lost; while no usual time-out is known, it doubles (RFC 6298, 5.5).
unsigned patience_of(unsigned number, bool knows_usual) {
  constexpr unsigned Usual = 3;
  constexpr unsigned MaxDoublings = 7;
  const unsigned later = std::max(number, 2 * Usual) - Usual;
  const unsigned doublings = knows_usual && number > Usual ? later - 1 : number - 1;
  return 1u << std::min(doublings, MaxDoublings);
}

}  // namespace

microseconds Pacing::timeout(unsigned number) const {
  if (timeout_) return *timeout_;
  const microseconds once =
      smoothed_ ? std::clamp(*smoothed_ + 4 * variation_, ShortestTimeout, LongestTimeout) : FirstTimeout;
  return std::min(once * patience_of(number, smoothed_.has_value()), LongestTimeout);
}

unsigned Pacing::tries() const {
  if (retries_) return *retries_ + 1;
  return std::min(std::max({UsualTries, latest_answer_ + 2, tries_against_loss()}), MaxTries);
}

/// The number of tries after which at most one port in a hundred thousand is lost, given the loss rate of
/// first tries. A few answers say little about that rate, so the result is not much above the tries needed so
/// far.
unsigned Pacing::tries_against_loss() const {
  constexpr double Lost = 1e-5;
  constexpr unsigned More = 4;
  if (late_answers_ == 0) return 0;
  const double rate = std::min(static_cast<double>(late_answers_) / static_cast<double>(answers_), 0.5);
  return std::min(static_cast<unsigned>(std::ceil(std::log(Lost) / std::log(rate))), latest_answer_ + More);
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
  // Losses within one window become known within one round trip and count as a single event.
  if (slowed_down_ && now - *slowed_down_ < smoothed_.value_or(FirstTimeout)) return;
  slowed_down_ = now;
  // Uncongested links lose packets too, radio links for example: with a window of one, a run would never end.
  slow_start_up_to_ = std::max(window_ / 2, LossyWindow);
  window_ = std::min(window_, slow_start_up_to_);
}

void Pacing::grow() {
  window_ += window_ < slow_start_up_to_ ? 1 : 1 / window_;
  window_ = std::min(window_, static_cast<double>(largest_window_));
}

void Pacing::answered(microseconds round_trip, unsigned number, Clock::time_point now) {
  measure(round_trip);
  latest_answer_ = std::max(latest_answer_, number);
  ++answers_;
  if (number > 1) ++late_answers_;
  if (number > 1) return slow_down(now);
  grow();
}

void Pacing::was_silent() {
  if (window_ < SilentWindow) grow();
}

}  // namespace sockutils::probe
