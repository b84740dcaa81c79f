/// Telling how far a run has come, not too often.
#pragma once

#include <chrono>

#include "sockutils/probe.h"

namespace sockutils::probe {

class ProgressTeller {
 public:
  using Clock = std::chrono::steady_clock;
  explicit ProgressTeller(const ProbeOptions& options) : tell_(options.progress) {}

  /// `progress` makes what is told, when it is.
  template <class Progress>
  void tell(const Progress& progress, Clock::time_point now) {
    constexpr std::chrono::milliseconds Pause{50};
    if (!tell_ || now < last_ + Pause) return;
    last_ = now;
    tell_(progress());
  }

 private:
  const std::function<void(const ProbeProgress&)>& tell_;
  Clock::time_point last_{};
};

}  // namespace sockutils::probe
