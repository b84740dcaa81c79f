/// Reports the progress of a run, at a limited rate.
#pragma once

#include <chrono>
#include <functional>

namespace sockutils::probe {

template <class Progress>
class ProgressTeller {
 public:
  using Clock = std::chrono::steady_clock;
  /// `tell` may be empty, and must outlive this object.
  explicit ProgressTeller(const std::function<void(const Progress&)>& tell) : tell_(tell) {}

  /// `progress` is called to make the report when one is due.
  template <class Make>
  void tell(const Make& progress, Clock::time_point now) {
    constexpr std::chrono::milliseconds Pause{50};
    if (!tell_ || now < last_ + Pause) return;
    last_ = now;
    tell_(progress());
  }

 private:
  const std::function<void(const Progress&)>& tell_;
  Clock::time_point last_{};
};

}  // namespace sockutils::probe
