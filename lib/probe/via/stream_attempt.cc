// TCP: a connection, and the echo of some bytes.

#include <algorithm>
#include <cerrno>

#include "os/sender_sockets.h"
#include "os/server_sockets.h"
#include "os/system.h"
#include "probe/engine/verdict.h"
#include "probe/via/sender.h"
#include "probe/via/target.h"

namespace sockutils::probe {
namespace {

/// Whether the SYN packets of this machine have an option; no value when the kernel does not say.
std::optional<bool> kernel_sends(const std::string& option) {
  const auto text = real_system().read_small_file("/proc/sys/net/ipv4/tcp_" + option, 16);
  return text && !text->empty() ? std::optional((*text)[0] != '0') : std::nullopt;
}

class StreamAttempt final : public PairAttempt {
 public:
  using PairAttempt::PairAttempt;

  void begin(Clock::time_point now) override {
    began_ = now;
    if (!open()) return;
    tried_.timestamps = kernel_sends("timestamps");
    tried_.sack = kernel_sends("sack");
    tried_.window_scaling = kernel_sends("window_scaling");
    on_outcome(sockets_.connect(socket_, end_));
  }

  void on_ready(EventLoop::Readiness) override {
    if (is_over()) return;
    if (!tried_.connected) return on_outcome(sockets_.outcome(socket_));
    const std::size_t before = echo_.size();
    const auto size = sockets_.receive(socket_, echo_, BytesToEcho);
    if (!size && size.error().code == EAGAIN) return;
    if (!size || *size == 0) {
      if (echo_.size() < BytesToEcho)
        tried_.error = size ? "the connection was closed" : size.error().message();
      return finish();
    }
    if (before + *size >= BytesToEcho) finish();
  }

  void tick(Clock::time_point now) override {
    if (now - began_ < task_.timeout) return;
    if (!tried_.connected) {
      const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - began_);
      tried_.error = judge_silence(Protocol::Tcp, waited, 1).reason;
    }
    finish();
  }

 private:
  void on_outcome(const Outcome& outcome) {
    const bool icmp_counts = outcome.icmp && is_final(*outcome.icmp);
    if (const auto local = local_end(socket_); local && local->port != 0) tried_.local = *local;
    if (outcome.error == EINPROGRESS && !icmp_counts) {
      if (!loop_.watch(socket_, *this, {.readable = false, .writable = true})) finish();
      return;
    }
    if (outcome.error != 0 || icmp_counts) {
      note_failure(outcome);
      return close();
    }
    on_connected();
  }

  void on_connected() {
    const auto now = Clock::now();
    tried_.connected = true;
    tried_.round_trip_us = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - began_).count());
    tried_.mss = advertised_mss(socket_);
    began_ = now;
    payload_ = task_.token;
    while (payload_.size() < BytesToEcho) payload_ += "sockutils pair ";
    payload_.resize(BytesToEcho);
    // A new connection accepts this many bytes at once.
    if (!sockets_.send(socket_, payload_) || !loop_.watch(socket_, *this, {})) finish();
  }

  /// Counts the bytes that came back unchanged.
  void finish() {
    const std::size_t size = std::min(echo_.size(), payload_.size());
    const auto differ =
        std::mismatch(echo_.begin(), echo_.begin() + static_cast<std::ptrdiff_t>(size), payload_.begin());
    tried_.echoed = static_cast<std::uint32_t>(differ.first - echo_.begin());
    close();
  }

  /// When the connection was begun, and then when data was sent.
  Clock::time_point began_;
  std::string payload_;
  std::string echo_;
};

}  // namespace

std::unique_ptr<PairAttempt> make_stream_attempt(EventLoop& loop, ProbeSockets& sockets,
                                                 const SenderTask& task, ProbePort port) {
  return std::make_unique<StreamAttempt>(loop, sockets, task, port);
}

}  // namespace sockutils::probe
