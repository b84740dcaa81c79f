#include "probe/engine/prober.h"

#include <algorithm>
#include <cerrno>

#include "common/format_text.h"
#include "probe/identify/identifier.h"
#include "probe/identify/service_probe.h"

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;

/// Number of hosts that are probed at the same time.
constexpr std::size_t ActiveHosts = 256;
constexpr std::size_t UsualParallel = 1000;
/// Left for other files that the process opens meanwhile.
constexpr std::size_t SpareDescriptors = 16;
constexpr unsigned MaxShortages = 6;
constexpr unsigned MaxSelfMeetings = 3;
constexpr microseconds LongestPause = std::chrono::seconds(1);

/// A request that the port's usual service answers, or an empty datagram.
std::string first_datagram(const FarEnd& end) {
  const ServiceProbe* const usual = usual_service_probe(Protocol::Udp, end.port);
  return usual == nullptr ? "" : usual->request({});
}

std::size_t limit_of(const ProbeOptions& options, std::size_t descriptors) {
  const std::size_t most = descriptors > SpareDescriptors ? descriptors - SpareDescriptors : 1;
  return std::clamp<std::size_t>(options.parallel.value_or(UsualParallel), 1, most);
}

}  // namespace

Prober::Prober(const Task& task, ProbeSockets& sockets)
    : task_(task),
      sockets_(sockets),
      near_{task.options.source, task.options.source_port, task.options.interface, task.options.ttl,
            task.options.dscp},
      limit_(limit_of(task.options, sockets.descriptors_left())),
      progress_(task.options.progress) {}

Prober::~Prober() {
  for (const Flight& flight : flights_)
    if (flight.socket >= 0) sockets_.close(flight.socket);
  if (spare_.socket >= 0) sockets_.close(spare_.socket);
}

ProbeReport Prober::run() {
  if (task_.options.stop_fd >= 0) sockets_.watch(task_.options.stop_fd, StopTag, {});
  for (;;) {
    admit_hosts();
    begin_tries();
    give_up_silent();
    if (stopped_ || (active_.empty() && next_host_ == task_.hosts.size())) break;
    progress_.tell([&] { return how_far(); }, sockets_.now());
    for (const std::uint64_t tag : sockets_.wait(time_to_wait())) handle(tag);
    expire();
  }
  if (report_.stopped) hand_on_open();
  if (!stopped_ && !open_.empty()) identify();
  for (const auto& [reason, count] : not_measured_) {
    const bool files = reason.find("open files") != std::string::npos;
    report_.warnings.push_back(
        {Warning::Kind::ProbesMissing,
         format_text("{} {} not be asked for: {}", count, count == 1 ? "port could" : "ports could", reason),
         files ? "raise the limit of open files (ulimit -n)" : ""});
  }
  return std::move(report_);
}

std::size_t Prober::all_ports() const {
  std::size_t count = 0;
  for (const ProbeHost& host : task_.hosts) count += host.path.empty() ? task_.ports.size() : 1;
  return count;
}

ProbeProgress Prober::how_far() const {
  ProbeProgress progress{.asked = report_.results, .ports = all_ports(), .open = open_ports_};
  double done = finished_work_;
  for (const auto& host : active_) done += host->work_done();
  progress.done = progress.ports == 0 ? 0 : done / static_cast<double>(progress.ports);
  return progress;
}

/// Delivers open ports without identities, because the run is to end.
void Prober::hand_on_open() {
  for (ProbeResult& result : open_)
    if (!task_.sink(std::move(result))) return;
}

void Prober::identify() {
  // A single local port cannot have several connections to the same server.
  NearEnd any_port = near_;
  any_port.source_port = 0;
  Identifier conversations(sockets_, any_port, task_.options, limit_);
  report_.stopped = !conversations.run(std::move(open_), task_.sink);
  if (conversations.missed_tls() == 0) return;
  report_.warnings.push_back({Warning::Kind::FactsMissing,
                              "TLS was not looked into: " + conversations.why_missed().message(),
                              "build and install with OpenSSL"});
}

void Prober::admit_hosts() {
  while (active_.size() < ActiveHosts && next_host_ < task_.hosts.size()) {
    const bool is_unix = !task_.hosts[next_host_].path.empty();
    active_.push_back(std::make_unique<HostQueue>(next_host_, is_unix ? 1 : task_.ports.size(),
                                                  Pacing(task_.options, limit_)));
    ++next_host_;
  }
}

bool Prober::may_begin() const {
  if (stopped_ || in_flight_ >= limit_) return false;
  const Clock::time_point now = sockets_.now();
  return now >= paused_until_ && now >= next_begin_;
}

/// Starts one try of each host in turn, as long as there are any, but not so many that answers wait too long.
void Prober::begin_tries() {
  constexpr int MaxAtOnce = 1000;
  int count = 0;
  for (bool begun = true; begun;) {
    begun = false;
    for (const auto& host : active_) {
      if (!host->may_take()) continue;
      if (!may_begin() || ++count > MaxAtOnce) return;
      begin(*host, *host->take());
      begun = true;
    }
  }
}

Result<int> Prober::socket_for(const FarEnd& end) {
  const bool fits = spare_.socket >= 0 && end.path.empty() && end.protocol == Protocol::Tcp &&
                    spare_.is_v6 == end.address.is_v6;
  if (!fits) return sockets_.open(end, near_);
  return std::exchange(spare_.socket, -1);
}

void Prober::keep_or_close(int socket, const FarEnd& end) {
  const bool reusable =
      spare_.socket < 0 && end.path.empty() && end.protocol == Protocol::Tcp && !near_.source;
  if (!reusable) return sockets_.close(socket);
  spare_ = {socket, end.address.is_v6};
}

/// A closed connection keeps its pair of ports for a minute (TIME_WAIT), during which a fixed local port
/// could not be used again. A connection without data can be reset without harm, except those to servers that
/// cannot cope with a reset.
void Prober::leave(int socket, const FarEnd& end) {
  const bool is_fixed = near_.source_port != 0 && end.path.empty() && end.protocol == Protocol::Tcp;
  if (is_fixed && !is_delicate(end.port)) return sockets_.abort(socket);
  sockets_.close(socket);
}

Outcome Prober::attempt(int socket, const FarEnd& end) {
  Outcome outcome = sockets_.connect(socket, end);
  if (end.protocol != Protocol::Udp || outcome.error != 0) return outcome;
  const auto sent = sockets_.send(socket, first_datagram(end));
  if (!sent) return {sent.error().code, {}};
  return {EINPROGRESS, {}};
}

void Prober::begin(HostQueue& host, Job job) {
  const Clock::time_point started = sockets_.now();
  if (task_.options.rate) {
    const std::chrono::duration<double> gap(1 / *task_.options.rate);
    next_begin_ = std::max(next_begin_, started) + std::chrono::duration_cast<Clock::duration>(gap);
  }
  const FarEnd end = end_of(host, job);
  const auto socket = socket_for(end);
  if (!socket) return run_short(host, job, socket.error());
  ++job.tries;
  const Outcome outcome = attempt(*socket, end);
  if (outcome.error == EINPROGRESS) return await(host, job, *socket, started);
  const bool met_itself = outcome.error == 0 && sockets_.met_itself(*socket);
  outcome.error == ECONNREFUSED ? keep_or_close(*socket, end) : leave(*socket, end);
  decide(host, job, met_itself ? Outcome{ELOOP, {}} : outcome, started);
}

void Prober::await(HostQueue& host, const Job& job, int socket, Clock::time_point started) {
  if (free_places_.empty()) {
    free_places_.push_back(flights_.size());
    flights_.emplace_back();
  }
  const std::size_t place = free_places_.back();
  free_places_.pop_back();
  Flight& flight = flights_[place];
  flight = {&host, job, socket, started, flight.generation + 1};
  ++in_flight_;
  const std::uint64_t tag = std::uint64_t{flight.generation} << 32 | place;
  const bool is_udp = end_of(host, job).protocol == Protocol::Udp;
  sockets_.watch(socket, tag, {.readable = is_udp, .writable = !is_udp});
  deadlines_.push({started + host.pacing().timeout(job.tries), tag});
}

Prober::Flight* Prober::flight_of(std::uint64_t tag) {
  Flight& flight = flights_[static_cast<std::uint32_t>(tag)];
  return flight.socket >= 0 && flight.generation == tag >> 32 ? &flight : nullptr;
}

Prober::Flight Prober::land(std::uint64_t tag) {
  Flight& flight = flights_[static_cast<std::uint32_t>(tag)];
  Flight landed = flight;
  flight.socket = -1;
  free_places_.push_back(static_cast<std::uint32_t>(tag));
  --in_flight_;
  return landed;
}

Outcome Prober::look(Flight& flight, const FarEnd& end) {
  const Outcome outcome = sockets_.outcome(flight.socket);
  const bool icmp_counts = outcome.icmp && is_final(*outcome.icmp);
  if (outcome.error != 0 || icmp_counts) return outcome;
  if (end.protocol != Protocol::Udp) return sockets_.met_itself(flight.socket) ? Outcome{ELOOP, {}} : outcome;
  constexpr std::size_t LargestDatagram = 65536;
  scratch_.clear();
  const auto received = sockets_.receive(flight.socket, scratch_, LargestDatagram);
  if (received) {
    identity_ = recognise(Protocol::Udp, {scratch_, end.port});
    return {};
  }
  return {received.error().code == EAGAIN ? EINPROGRESS : received.error().code, {}};
}

void Prober::handle(std::uint64_t tag) {
  if (tag == StopTag) {
    stopped_ = report_.stopped = true;
    return;
  }
  Flight* const flight = flight_of(tag);
  if (flight == nullptr) return;
  const Outcome outcome = look(*flight, end_of(*flight->host, flight->job));
  const bool icmp_counts = outcome.icmp && is_final(*outcome.icmp);
  if (outcome.error == EINPROGRESS && !icmp_counts) return;
  const Flight landed = land(tag);
  leave(landed.socket, end_of(*landed.host, landed.job));
  decide(*landed.host, landed.job, outcome, landed.started);
}

void Prober::expire() {
  const Clock::time_point now = sockets_.now();
  while (!deadlines_.empty() && deadlines_.top().time <= now) {
    const std::uint64_t tag = deadlines_.top().tag;
    deadlines_.pop();
    if (flight_of(tag) == nullptr) continue;
    Flight landed = land(tag);
    sockets_.close(landed.socket);
    landed.job.waited += std::chrono::duration_cast<microseconds>(now - landed.started);
    landed.host->was_silent(landed.job);
  }
}

microseconds Prober::time_to_wait() const {
  const Clock::time_point now = sockets_.now();
  Clock::time_point end = now + LongestPause;
  if (!deadlines_.empty()) end = std::min(end, deadlines_.top().time);
  if (in_flight_ < limit_) {
    const Clock::time_point next = std::max(paused_until_, next_begin_);
    const bool waiting =
        std::any_of(active_.begin(), active_.end(), [](const auto& h) { return h->may_take(); });
    if (waiting) end = std::min(end, next);
  }
  return std::chrono::ceil<microseconds>(std::max(end - now, Clock::duration::zero()));
}

void Prober::decide(HostQueue& host, Job job, const Outcome& outcome, Clock::time_point started) {
  if (is_shortage(outcome.error)) return run_short(host, job, {outcome.error, {}, {}, {}});
  if (outcome.error == ELOOP) {
    if (++job.self_meetings < MaxSelfMeetings) return host.put_back(job);
    return conclude(host, job, {PortState::Closed, "nobody but itself", {}}, {});
  }
  if (outcome.error == EINVAL && near_.source)
    return conclude(host, job, {PortState::NotMeasured, "no way there from that source address", {}}, {});
  const Clock::time_point now = sockets_.now();
  const auto time = std::chrono::duration_cast<microseconds>(now - started);
  host.pacing().answered(time, job.tries, now);
  conclude(host, job, judge(end_of(host, job), outcome), time);
}

void Prober::run_short(HostQueue& host, Job job, const Error& error) {
  if (!is_shortage(error.code) || ++job.shortages > MaxShortages) {
    // That there are no descriptors says enough; for an address or interface, it matters which one.
    const bool says_more = !error.subject.empty() && error.operation != "open";
    const std::string reason =
        says_more ? error.message() : judge(end_of(host, job), {error.code, {}}).reason;
    return conclude(host, job, {PortState::NotMeasured, reason, {}}, {});
  }
  if (in_flight_ > 0) limit_ = in_flight_;
  constexpr microseconds FirstPause = std::chrono::milliseconds(20);
  paused_until_ = sockets_.now() + FirstPause * (1u << job.shortages);
  host.put_back(job);
}

void Prober::give_up_silent() {
  for (const auto& host : active_) {
    const auto silent = host->give_up();
    if (!silent) continue;
    for (const Job& job : *silent)
      deliver(*host, job, judge_silence(end_of(*host, job).protocol, job.waited, job.tries), {});
  }
  std::erase_if(active_, [&](const auto& host) {
    if (host->is_done()) finished_work_ += host->work_done();
    return host->is_done();
  });
}

FarEnd Prober::end_of(const HostQueue& host, const Job& job) const {
  const ProbeHost& asked = task_.hosts[host.host_index()];
  if (!asked.path.empty()) return {Protocol::Stream, {}, 0, asked.path};
  const ProbePort& port = task_.ports[job.port_index];
  return {port.protocol, asked.address, port.port, {}};
}

void Prober::conclude(HostQueue& host, const Job& job, Verdict verdict, std::optional<microseconds> time) {
  host.finished();
  deliver(host, job, std::move(verdict), time);
}

void Prober::deliver(const HostQueue& host, const Job& job, Verdict verdict,
                     std::optional<microseconds> time) {
  const ProbeHost& asked = task_.hosts[host.host_index()];
  const FarEnd end = end_of(host, job);
  if (verdict.state == PortState::NotMeasured) ++not_measured_[verdict.reason];
  ProbeResult result;
  result.host_index = host.host_index();
  result.port_index = job.port_index;
  result.host = asked.host;
  if (end.path.empty()) result.address = end.address;
  result.path = end.path;
  result.protocol = end.protocol;
  result.port = end.port;
  result.state = verdict.state;
  result.reason = std::move(verdict.reason);
  result.from = verdict.from;
  result.times = {asked.lookup, verdict.state == PortState::Open ? time : std::nullopt, {}};
  result.tries = job.tries;
  result.identity = std::exchange(identity_, std::nullopt);
  ++report_.results;
  if (result.state == PortState::Open) ++open_ports_;
  if (task_.options.identify && may_talk_to(result)) return open_.push_back(std::move(result));
  if (!stopped_ && !task_.sink(std::move(result))) stopped_ = true;
}

}  // namespace sockutils::probe
