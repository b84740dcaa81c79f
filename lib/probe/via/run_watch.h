/// What stands beside a run of a pair: who may end it, and who is told how far it has come.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "os/event_loop.h"
#include "probe/engine/progress.h"
#include "sockutils/via.h"

namespace sockutils::probe {

class RunWatch final : public EventLoop::Handler {
 public:
  RunWatch(EventLoop& loop, const PairOptions& options)
      : loop_(loop), stop_fd_(options.stop_fd), teller_(options.progress) {}
  ~RunWatch() override {
    if (stop_fd_ >= 0) loop_.forget(stop_fd_);
  }
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  /// Errors: as epoll_ctl(2).
  Result<void> begin() { return stop_fd_ >= 0 ? loop_.watch(stop_fd_, *this, {}) : Result<void>{}; }

  /// Stays readable, and has said what it has to say.
  void on_ready(EventLoop::Readiness) override {
    stopped_ = true;
    loop_.forget(stop_fd_);
  }
  bool is_stopped() const { return stopped_; }

  /// Runs the loop for a moment, `limit` at most, and tells.
  void wait(std::chrono::milliseconds limit) {
    constexpr std::chrono::milliseconds Moment{100};
    teller_.tell([this] { return progress; }, std::chrono::steady_clock::now());
    loop_.run_once(std::min(limit, Moment));
  }

  PairProgress progress;

 private:
  EventLoop& loop_;
  int stop_fd_;
  ProgressTeller<PairProgress> teller_;
  bool stopped_ = false;
};

/// Why a run that was ended has no result.
inline Error stopped_error() { return {ECANCELED, "ask", "", {}}; }

}  // namespace sockutils::probe
