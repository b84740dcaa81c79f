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

/// Sends requests and waits for answers, while the event loop keeps running.
class ControlLine final : public EventLoop::Handler {
 public:
  using Clock = std::chrono::steady_clock;

  /// Connects, and exchanges hellos. Errors: the refusal, or why there is no answer; ECANCELED when the run
  /// was ended.
  static Result<std::unique_ptr<ControlLine>> connect(EventLoop& loop, RunWatch& watch,
                                                      const PairOptions& options);
  ~ControlLine() override;
  ControlLine(const ControlLine&) = delete;
  ControlLine& operator=(const ControlLine&) = delete;

  /// This machine's address as the server sees it, unless it is translated on the way.
  const Address& local_address() const { return local_; }

  void on_ready(EventLoop::Readiness what) override;

  /// The answer, if it is a `T`. Errors: the server's refusal, or no answer in time.
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
  /// Runs the loop until `condition` holds, the time is over, or nothing more can arrive.
  template <class Condition>
  Result<void> run_until(std::chrono::milliseconds limit, const Condition& condition);
  void flush();
  /// Updates the state of the connection.
  void take_outcome(const Outcome& outcome);
  void fail(Error error);
  /// The error when the connection ends: before the first answer, it is most likely about keys.
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
  /// The name of the key that this end uses; empty without one.
  std::string key_name_;
  bool has_certificate_;
  Address local_;
  std::string unsent_;
  std::optional<Error> error_;
};

}  // namespace sockutils::probe
