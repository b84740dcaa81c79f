/// A log that a storm cannot flood.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <tuple>

#include "sockutils/serve.h"

namespace sockutils::probe {

/// Hands on so many events a second one by one; the rest is counted, and told once a second.
class EventLog {
 public:
  using Clock = std::chrono::steady_clock;
  explicit EventLog(ServerLog sink) : sink_(std::move(sink)) {}

  void tell(const ServerEvent& event, Clock::time_point now);
  /// Tells what was counted, when a second is over.
  void flush(Clock::time_point now);
  /// Tells it at once: nothing is to come.
  void finish();

 private:
  /// What events have to have in common to be counted as one.
  using Key = std::tuple<ServerEvent::Kind, std::string, std::string>;

  ServerLog sink_;
  Clock::time_point second_{};
  std::array<unsigned, 8> told_{};
  std::map<Key, ServerEvent> counted_;
};

}  // namespace sockutils::probe
