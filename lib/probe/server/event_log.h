/// A log that no flood of events can overwhelm.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <tuple>

#include "sockutils/serve.h"

namespace sockutils::probe {

/// Passes on a limited number of events per second; the rest is counted and reported once a second.
class EventLog {
 public:
  using Clock = std::chrono::steady_clock;
  explicit EventLog(ServerLog sink) : sink_(std::move(sink)) {}

  void tell(const ServerEvent& event, Clock::time_point now);
  /// Reports the counted events when a second is over.
  void flush(Clock::time_point now);
  /// Reports them at once, because no more events follow.
  void finish();

 private:
  /// Events with the same key are counted as one.
  using Key = std::tuple<ServerEvent::Kind, std::string, std::string>;

  ServerLog sink_;
  Clock::time_point second_{};
  std::array<unsigned, 8> told_{};
  std::map<Key, ServerEvent> counted_;
};

}  // namespace sockutils::probe
