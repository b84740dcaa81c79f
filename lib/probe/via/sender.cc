#include "probe/via/sender.h"

#include <algorithm>
#include <utility>

#include "os/sender_sockets.h"
#include "probe/engine/verdict.h"

namespace sockutils::probe {
namespace {

constexpr std::chrono::milliseconds TickPeriod{5};

/// All packets leave with a known TTL and the DSCP of the task.
NearEnd near_end(const SenderTask& task) {
  NearEnd near;
  near.source = task.from;
  near.ttl = PairTtl;
  near.dscp = task.dscp;
  return near;
}

}  // namespace

PairAttempt::PairAttempt(EventLoop& loop, ProbeSockets& sockets, const SenderTask& task, ProbePort port)
    : loop_(loop), sockets_(sockets), task_(task), end_{port.protocol, task.to, port.port, {}} {
  tried_.port = port;
  tried_.ttl = PairTtl;
  tried_.tos = static_cast<std::uint8_t>(task.dscp << 2);
}

bool PairAttempt::open() {
  const auto socket = sockets_.open(end_, near_end(task_));
  if (socket) socket_ = *socket;
  if (!socket) tried_.error = socket.error().message();
  return socket.has_value();
}

void PairAttempt::close() {
  if (socket_ < 0) return;
  loop_.forget(socket_);
  sockets_.close(std::exchange(socket_, -1));
}

void PairAttempt::note_failure(const Outcome& outcome) {
  const Verdict verdict = judge(end_, outcome);
  tried_.error = verdict.reason;
  tried_.error_from = verdict.from;
}

Sender::Sender(EventLoop& loop, SenderTask task, std::unique_ptr<ProbeSockets> sockets, UniqueFd ticker,
               Done done)
    : loop_(loop),
      task_(std::move(task)),
      sockets_(std::move(sockets)),
      ticker_(std::move(ticker)),
      done_(std::move(done)) {}

Sender::~Sender() { loop_.forget(ticker_.get()); }

std::size_t Sender::tried() const {
  return static_cast<std::size_t>(std::count_if(attempts_.begin(), attempts_.end(),
                                                [](const auto& attempt) { return attempt->is_over(); }));
}

Result<std::unique_ptr<Sender>> Sender::start(EventLoop& loop, SenderTask task,
                                              const std::vector<ProbePort>& ports, Done done) {
  auto sockets = open_probe_sockets(task.flows);
  if (!sockets) return tl::unexpected(sockets.error());
  auto ticker = open_ticker(TickPeriod);
  if (!ticker) return tl::unexpected(ticker.error());
  std::unique_ptr<Sender> sender(
      new Sender(loop, std::move(task), std::move(*sockets), std::move(*ticker), std::move(done)));
  if (auto watched = loop.watch(sender->ticker_.get(), *sender, {}); !watched)
    return tl::unexpected(watched.error());
  const auto now = PairAttempt::Clock::now();
  for (const ProbePort& port : ports) {
    const auto make = port.protocol == Protocol::Udp ? make_datagram_attempt : make_stream_attempt;
    sender->attempts_.push_back(make(loop, *sender->sockets_, sender->task_, port));
    sender->attempts_.back()->begin(now);
  }
  return sender;
}

void Sender::on_ready(EventLoop::Readiness) {
  take_ticks(ticker_.get());
  if (told_) return;
  const auto now = PairAttempt::Clock::now();
  for (const auto& attempt : attempts_)
    if (!attempt->is_over()) attempt->tick(now);
  if (!std::all_of(attempts_.begin(), attempts_.end(),
                   [](const auto& attempt) { return attempt->is_over(); }))
    return;
  told_ = true;
  loop_.forget(ticker_.get());
  Tried tried;
  for (const auto& attempt : attempts_) tried.ports.push_back(attempt->result());
  done_(std::move(tried));
}

}  // namespace sockutils::probe
