#include "probe/server/event_log.h"

namespace sockutils::probe {
namespace {

constexpr unsigned ToldPerSecond = 50;
/// Number of kinds of events that are counted separately; reasons are few, including those of the system.
constexpr std::size_t MaxCounted = 256;

}  // namespace

void EventLog::tell(const ServerEvent& event, Clock::time_point now) {
  if (!sink_) return;
  flush(now);
  // Actions of the server's operator are always logged.
  const bool is_port = event.kind == ServerEvent::Kind::Serving || event.kind == ServerEvent::Kind::Stopped;
  const bool always = is_port && !event.peer;
  if (always || ++told_.at(static_cast<std::size_t>(event.kind)) <= ToldPerSecond) return sink_(event);
  const Key key{event.kind, event.service, event.reason};
  const auto known = counted_.find(key);
  if (known != counted_.end()) {
    ++known->second.count;
    known->second.bytes_received += event.bytes_received;
    known->second.bytes_sent += event.bytes_sent;
  } else if (counted_.size() < MaxCounted) {
    counted_.emplace(key, event);
  }
}

void EventLog::flush(Clock::time_point now) {
  if (now - second_ < std::chrono::seconds(1)) return;
  second_ = now;
  finish();
}

void EventLog::finish() {
  told_ = {};
  for (auto& [key, event] : counted_) {
    if (event.count > 1) {
      // The other events of this kind came from elsewhere.
      event.peer.reset();
      event.peer_port = 0;
    }
    if (sink_) sink_(event);
  }
  counted_.clear();
}

}  // namespace sockutils::probe
