/// Watches a run: who may stop it, and who gets its progress.
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

  /// The descriptor stays readable, so it is no longer watched.
  void on_ready(EventLoop::Readiness) override {
    stopped_ = true;
    loop_.forget(stop_fd_);
  }
  bool is_stopped() const { return stopped_; }

  /// Runs the loop for a moment, at most `limit`, and reports progress.
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

/// The error of a run that was stopped.
inline Error stopped_error() { return {ECANCELED, "ask", "", {}}; }

}  // namespace sockutils::probe
