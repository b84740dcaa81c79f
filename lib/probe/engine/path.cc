#include "probe/engine/path.h"

#include <algorithm>
#include <cerrno>

#include "common/format_text.h"
#include "probe/engine/verdict.h"
#include "probe/identify/identifier.h"
#include "probe/identify/service_probe.h"

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;

/// After this many silent hops in a row no more is expected.
constexpr unsigned MaxSilent = 8;
/// Waits are cut into pieces, so that progress is reported meanwhile.
constexpr microseconds LongestHopWait = std::chrono::seconds(1);

bool is_on_the_way(const Outcome& outcome) {
  if (!outcome.icmp) return false;
  return outcome.icmp->is_v6 ? outcome.icmp->type == 3 && outcome.icmp->code == 0
                             : outcome.icmp->type == 11 && outcome.icmp->code == 0;
}

Outcome begin_probe(ProbeSockets& sockets, int socket, const FarEnd& end) {
  Outcome outcome = sockets.connect(socket, end);
  if (end.protocol != Protocol::Udp || outcome.error != 0) return outcome;
  const ServiceProbe* const usual = usual_service_probe(Protocol::Udp, end.port);
  const auto sent = sockets.send(socket, usual == nullptr ? "" : usual->request({}));
  return {sent ? EINPROGRESS : sent.error().code, {}};
}

/// An incoming datagram is an answer too.
Outcome take_outcome(ProbeSockets& sockets, int socket, const FarEnd& end) {
  const Outcome outcome = sockets.outcome(socket);
  if (end.protocol != Protocol::Udp || outcome.error != 0 || outcome.icmp) return outcome;
  constexpr std::size_t LargestDatagram = 65536;
  std::string datagram;
  const auto received = sockets.receive(socket, datagram, LargestDatagram);
  return received ? Outcome{}
                  : Outcome{received.error().code == EAGAIN ? EINPROGRESS : received.error().code, {}};
}

}  // namespace

microseconds PathTracer::timeout() const {
  return options_.probe.timeout.value_or(std::chrono::milliseconds(1000));
}

void PathTracer::abandon() {
  for (const auto& [tag, flight] : flights_) sockets_.close(flight.socket);
  flights_.clear();
}

void PathTracer::begin(const FarEnd& end, unsigned ttl, unsigned tries, ProbePath& path) {
  NearEnd near = near_;
  near.ttl = static_cast<std::uint8_t>(ttl);
  hops_[ttl].ttl = ttl;
  const auto socket = sockets_.open(end, near);
  if (!socket) {
    path.reason = judge(end, {socket.error().code, {}}).reason;
    last_ttl_ = 0;
    return;
  }
  const Flight flight{ttl, tries, *socket, sockets_.now()};
  const Outcome outcome = begin_probe(sockets_, *socket, end);
  if (outcome.error != EINPROGRESS) {
    sockets_.close(*socket);
    return conclude(flight, end, outcome, path);
  }
  const std::uint64_t tag = std::uint64_t{tries} << 32 | ttl;
  flights_[tag] = flight;
  const bool is_udp = end.protocol == Protocol::Udp;
  sockets_.watch(*socket, tag, {.readable = is_udp, .writable = !is_udp});
}

void PathTracer::begin_hops(const FarEnd& end, ProbePath& path) {
  while (flights_.size() < options_.parallel && next_ttl_ <= last_ttl_ && next_ttl_ <= heard_of_ + MaxSilent)
    begin(end, next_ttl_++, 1, path);
}

void PathTracer::conclude(const Flight& flight, const FarEnd& end, const Outcome& outcome, ProbePath& path) {
  PathHop& hop = hops_[flight.ttl];
  const Verdict verdict = judge(end, outcome);
  hop.from = verdict.from;
  hop.time = std::chrono::duration_cast<microseconds>(sockets_.now() - flight.started);
  hop.reason = verdict.reason;
  // An error reported by this machine itself is not an answer from a hop.
  if (!verdict.from) hops_.erase(flight.ttl);
  heard_of_ = std::max(heard_of_, flight.ttl);
  if (is_on_the_way(outcome) || flight.ttl > last_ttl_) return;
  // The hop that is the end of the route.
  last_ttl_ = flight.ttl;
  path.state = verdict.state;
  path.reason = verdict.reason;
  path.from = verdict.from;
}

void PathTracer::look(std::uint64_t tag, const FarEnd& end, ProbePath& path) {
  const auto found = flights_.find(tag);
  if (found == flights_.end()) return;
  const Flight flight = found->second;
  const Outcome outcome = take_outcome(sockets_, flight.socket, end);
  const bool icmp_counts = outcome.icmp && is_final(*outcome.icmp);
  if (outcome.error == EINPROGRESS && !icmp_counts) return;
  sockets_.close(flight.socket);
  flights_.erase(found);
  conclude(flight, end, outcome, path);
}

void PathTracer::expire(const FarEnd& end, ProbePath& path) {
  const Clock::time_point now = sockets_.now();
  const unsigned tries = options_.probe.retries.value_or(2) + 1;
  std::vector<std::uint64_t> late;
  for (const auto& [tag, flight] : flights_)
    if (flight.started + timeout() <= now || flight.ttl > last_ttl_) late.push_back(tag);
  for (const std::uint64_t tag : late) {
    const Flight flight = flights_[tag];
    sockets_.close(flight.socket);
    flights_.erase(tag);
    if (flight.tries < tries && flight.ttl <= last_ttl_) begin(end, flight.ttl, flight.tries + 1, path);
  }
}

bool PathTracer::ask_patiently(const FarEnd& end, ProbePath& path, const Tell& tell) {
  const auto socket = sockets_.open(end, near_);
  if (!socket) return true;
  const auto until = sockets_.now() + 4 * timeout();
  Outcome outcome = begin_probe(sockets_, *socket, end);
  const bool is_udp = end.protocol == Protocol::Udp;
  sockets_.watch(*socket, 0, {.readable = is_udp, .writable = !is_udp});
  bool goes_on = true;
  while (outcome.error == EINPROGRESS && goes_on && sockets_.now() < until) {
    tell(0);
    const auto left = std::chrono::ceil<microseconds>(until - sockets_.now());
    for (const std::uint64_t tag : sockets_.wait(std::min(left, LongestHopWait))) {
      if (tag == StopTag) goes_on = false;
      if (tag == 0) outcome = take_outcome(sockets_, *socket, end);
    }
  }
  sockets_.close(*socket);
  if (outcome.error == EINPROGRESS) return goes_on;
  Verdict verdict = judge(end, outcome);
  path.state = verdict.state;
  path.reason = std::move(verdict.reason);
  path.from = verdict.from;
  return goes_on;
}

bool PathTracer::is_done() const {
  return flights_.empty() && (next_ttl_ > last_ttl_ || next_ttl_ > heard_of_ + MaxSilent);
}

/// Collects the hops in order, up to the last one that answered.
void PathTracer::finish(ProbePath& path) const {
  for (const auto& [ttl, hop] : hops_)
    if (ttl <= heard_of_ && ttl <= last_ttl_) path.hops.push_back(hop);
  if (path.state != PortState::NotMeasured || !path.reason.empty()) return;
  path.state = path.protocol == Protocol::Udp ? PortState::OpenOrFiltered : PortState::Filtered;
  path.reason = heard_of_ == 0 ? "no answer from any hop"
                               : format_text("no answer beyond hop {}, {}", heard_of_,
                                             path.hops.back().from.value_or(Address{}).to_string());
}

bool PathTracer::trace(ProbePath& path, const Tell& tell) {
  const FarEnd end{path.protocol, path.address, path.port, {}};
  hops_.clear();
  next_ttl_ = 1;
  last_ttl_ = options_.most_hops;
  heard_of_ = 0;
  for (;;) {
    begin_hops(end, path);
    if (is_done()) break;
    tell(next_ttl_ - 1);
    Clock::time_point next = sockets_.now() + timeout();
    for (const auto& [tag, flight] : flights_) next = std::min(next, flight.started + timeout());
    const auto left =
        std::chrono::ceil<microseconds>(std::max(next - sockets_.now(), Clock::duration::zero()));
    for (const std::uint64_t tag : sockets_.wait(std::min(left, LongestHopWait))) {
      if (tag == StopTag) {
        abandon();
        return false;
      }
      look(tag, end, path);
    }
    expire(end, path);
  }
  const bool is_known = path.state != PortState::NotMeasured || !path.reason.empty();
  if (!is_known && !ask_patiently(end, path, tell)) return false;
  finish(path);
  if (!path.address.is_loopback())
    path.mtu = find_path_mtu(sockets_, near_, path.address, timeout(), [&] { tell(0); });
  return true;
}

}  // namespace sockutils::probe
