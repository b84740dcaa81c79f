#include "probe/identify/identifier.h"

#include <algorithm>

namespace sockutils::probe {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t MaxTalks = 100;
constexpr milliseconds LongestWait{1000};

Timeouts patience_of(const ProbeOptions& options) {
  if (options.timeout) return {*options.timeout, *options.timeout, *options.timeout};
  return {milliseconds(3000), milliseconds(600), milliseconds(1500)};
}

}  // namespace

bool may_talk_to(const ProbeResult& result) {
  return result.state == PortState::Open && result.protocol != Protocol::Udp && !is_printer(result.port);
}

Identifier::Identifier(ProbeSockets& sockets, const NearEnd& near, const ProbeOptions& options,
                       std::size_t limit)
    : sockets_(sockets),
      with_{sockets, near, tls_, patience_of(options), options.identify_deep},
      limit_(std::min(limit, MaxTalks)),
      progress_(options.progress) {
  if (options.rate)
    gap_ = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / *options.rate));
}

void Identifier::admit(std::deque<ProbeResult>& open) {
  while (!open.empty() && talks_.size() < limit_) {
    const std::uint64_t tag = next_tag_++;
    talks_.try_emplace(tag, with_, std::move(open.front()), tag);
    open.pop_front();
  }
}

void Identifier::begin_connections() {
  for (auto& [tag, talk] : talks_) {
    if (!talk.wants_to_connect()) continue;
    const Clock::time_point now = sockets_.now();
    if (now < next_begin_) return;
    next_begin_ = std::max(next_begin_, now) + gap_;
    talk.connect();
  }
}

bool Identifier::wait() {
  for (const std::uint64_t tag : sockets_.wait(time_to_wait())) {
    if (tag == StopTag) return false;
    if (const auto found = talks_.find(tag); found != talks_.end()) found->second.on_event();
  }
  return true;
}

bool Identifier::reap(const ProbeSink& sink) {
  const Clock::time_point now = sockets_.now();
  for (auto it = talks_.begin(); it != talks_.end();) {
    Identification& talk = it->second;
    if (!talk.is_over() && !talk.wants_to_connect() && talk.deadline() <= now) talk.on_deadline();
    if (!talk.is_over()) {
      ++it;
      continue;
    }
    if (talk.missed_tls()) ++missed_tls_;
    if (!sink(std::move(talk.result()))) return false;
    it = talks_.erase(it);
  }
  return true;
}

bool Identifier::run(std::deque<ProbeResult> open, const ProbeSink& sink) {
  const std::size_t servers = open.size();
  while (!open.empty() || !talks_.empty()) {
    const std::size_t done = servers - open.size() - talks_.size();
    const auto how_far = [&] {
      const double part = static_cast<double>(done) / static_cast<double>(servers);
      return ProbeProgress{.identified = done, .servers = servers, .open = servers, .done = part};
    };
    progress_.tell(how_far, sockets_.now());
    admit(open);
    begin_connections();
    const bool goes_on = wait();
    if (!reap(sink)) return true;
    if (goes_on) continue;
    for (auto& [tag, talk] : talks_)
      if (!sink(std::move(talk.result()))) return false;
    for (ProbeResult& result : open)
      if (!sink(std::move(result))) return false;
    return false;
  }
  return true;
}

std::chrono::microseconds Identifier::time_to_wait() const {
  const Clock::time_point now = sockets_.now();
  Clock::time_point end = now + LongestWait;
  for (const auto& [tag, talk] : talks_) {
    if (talk.is_over()) return std::chrono::microseconds(0);
    end = std::min(end, talk.wants_to_connect() ? next_begin_ : talk.deadline());
  }
  return std::chrono::ceil<std::chrono::microseconds>(std::max(end - now, Clock::duration::zero()));
}

}  // namespace sockutils::probe
