/// The client's end of the control channel.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "os/event_loop.h"
#include "os/probe_sockets.h"
#include "probe/via/run_watch.h"
#include "probe/via/secure_stream.h"

namespace sockutils::probe {

/// Asks and waits, while everything else in the loop goes on.
class ControlLine final : public EventLoop::Handler {
 public:
  using Clock = std::chrono::steady_clock;

  /// Connects, and says hello. Errors: who refused, or why there is no answer.
  /// ECANCELED when the run was ended.
  static Result<std::unique_ptr<ControlLine>> connect(EventLoop& loop, RunWatch& watch,
                                                      const PairOptions& options);
  ~ControlLine() override;
  ControlLine(const ControlLine&) = delete;
  ControlLine& operator=(const ControlLine&) = delete;

  /// The address of this machine that the server sees, unless it is rewritten on the way.
  const Address& local_address() const { return local_; }

  void on_ready(EventLoop::Readiness what) override;

  /// The answer, if it is a `T`. Errors: the server's refusal, or that nothing came in time.
  template <class T>
  Result<T> request(const Message& question, std::chrono::milliseconds limit) {
    if (auto sent = send(question); !sent) return tl::unexpected(sent.error());
    auto answer = wait(limit);
    if (!answer) return tl::unexpected(answer.error());
    if (auto* const wanted = std::get_if<T>(&*answer)) return std::move(*wanted);
    return tl::unexpected(refusal_in(*answer));
  }

 private:
  ControlLine(EventLoop& loop, RunWatch& watch, std::unique_ptr<ProbeSockets> sockets,
              const PairOptions& options, std::unique_ptr<TlsSession> tls);

  Result<void> open(const FarEnd& end, std::chrono::milliseconds limit);
  Result<void> send(const Message& message);
  Result<Message> wait(std::chrono::milliseconds limit);
  /// Runs the loop until `condition`, or the time is over, or nothing more can come.
  template <class Condition>
  Result<void> run_until(std::chrono::milliseconds limit, const Condition& condition);
  void flush();
  /// How the connection stands, or failed.
  void take_outcome(const Outcome& outcome);
  void fail(Error error);
  /// What to say when it is over: before the first answer it is most likely about keys.
  Error ended(const std::string& how) const;
  Error refusal_in(const Message& message) const;
  Error new_error(std::string operation, std::string detail) const;

  EventLoop& loop_;
  RunWatch& watch_;
  std::unique_ptr<ProbeSockets> sockets_;
  std::string server_;
  MessageStream stream_;
  FarEnd end_;
  int socket_ = -1;
  bool connected_ = false;
  bool answered_ = false;
  /// By which key this end says that it is known; empty without one.
  std::string key_name_;
  bool has_certificate_;
  Address local_;
  std::string unsent_;
  std::optional<Error> error_;
};

}  // namespace sockutils::probe
