#include "probe/pair/sender.h"

#include <algorithm>

#include "probe/verdict.h"
#include "system/sender_sockets.h"

namespace sockutils::probe {
namespace {

constexpr std::chrono::milliseconds TickPeriod{5};

}  // namespace

NearEnd near_end(const SenderTask& task) {
  NearEnd near;
  near.source = task.from;
  near.ttl = PairTtl;
  near.dscp = task.dscp;
  return near;
}

void note_failure(TriedPort& tried, const FarEnd& end, const Outcome& outcome) {
  const Verdict verdict = judge(end, outcome);
  tried.error = verdict.reason;
  tried.error_from = verdict.from;
}

Sender::Sender(EventLoop& loop, SenderTask task, std::unique_ptr<ProbeSockets> sockets, UniqueFd ticker,
               Done done)
    : loop_(loop),
      task_(std::move(task)),
      sockets_(std::move(sockets)),
      ticker_(std::move(ticker)),
      done_(std::move(done)) {}

Sender::~Sender() { loop_.forget(ticker_.get()); }

Result<std::unique_ptr<Sender>> Sender::start(EventLoop& loop, SenderTask task,
                                              const std::vector<ProbePort>& ports, Done done) {
  auto sockets = open_probe_sockets();
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
