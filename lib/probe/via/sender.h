/// The end that tries: it connects and sends datagrams to the ports of the other end.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "os/probe_sockets.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

/// What all attempts share.
struct SenderTask {
  std::string token;
  Address from;
  Address to;
  std::chrono::milliseconds timeout;
  std::uint32_t datagrams;
  std::uint8_t dscp = 0;
  bool path_mtu = true;
  /// As in `PairOptions`.
  std::shared_ptr<CaptureFlows> flows = {};
};

/// The attempt at one port, with a socket of its own.
class PairAttempt : public EventLoop::Handler {
 public:
  using Clock = std::chrono::steady_clock;
  PairAttempt(EventLoop& loop, ProbeSockets& sockets, const SenderTask& task, ProbePort port);
  ~PairAttempt() override { close(); }
  PairAttempt(const PairAttempt&) = delete;
  PairAttempt& operator=(const PairAttempt&) = delete;

  virtual void begin(Clock::time_point now) = 0;
  /// Called every few milliseconds.
  virtual void tick(Clock::time_point now) = 0;
  virtual TriedPort result() const { return tried_; }
  bool is_over() const { return socket_ < 0; }

 protected:
  /// Returns false when no socket could be opened, which is the result then.
  bool open();
  void close();
  /// Records why it failed, and who said so.
  void note_failure(const Outcome& outcome);

  EventLoop& loop_;
  ProbeSockets& sockets_;
  const SenderTask& task_;
  const FarEnd end_;
  TriedPort tried_;
  int socket_ = -1;
};

std::unique_ptr<PairAttempt> make_stream_attempt(EventLoop& loop, ProbeSockets& sockets,
                                                 const SenderTask& task, ProbePort port);
std::unique_ptr<PairAttempt> make_datagram_attempt(EventLoop& loop, ProbeSockets& sockets,
                                                   const SenderTask& task, ProbePort port);

/// Tries all ports in parallel, driven by a timer in the loop.
class Sender final : public EventLoop::Handler {
 public:
  /// Called once, from within the loop; the sender must outlive the call.
  using Done = std::function<void(Tried&&)>;

  /// Errors: no timer, or no socket, could be created.
  static Result<std::unique_ptr<Sender>> start(EventLoop& loop, SenderTask task,
                                               const std::vector<ProbePort>& ports, Done done);
  ~Sender() override;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void on_ready(EventLoop::Readiness what) override;
  bool is_done() const { return told_; }
  /// Number of finished ports.
  std::size_t tried() const;

 private:
  Sender(EventLoop& loop, SenderTask task, std::unique_ptr<ProbeSockets> sockets, UniqueFd ticker, Done done);

  EventLoop& loop_;
  const SenderTask task_;
  std::unique_ptr<ProbeSockets> sockets_;
  UniqueFd ticker_;
  Done done_;
  std::vector<std::unique_ptr<PairAttempt>> attempts_;
  bool told_ = false;
};

}  // namespace sockutils::probe
