/// Telling how far a run has come, not too often.
#pragma once

#include <chrono>
#include <functional>

namespace sockutils::probe {

template <class Progress>
class ProgressTeller {
 public:
  using Clock = std::chrono::steady_clock;
  /// May be empty. It has to outlive the teller.
  explicit ProgressTeller(const std::function<void(const Progress&)>& tell) : tell_(tell) {}

  /// `progress` makes what is told, when it is.
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
