/// Waiting for descriptors, for a point in time, and for another thread, all at once.
#pragma once

#include <chrono>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

/// `wake()` may be called by any thread and by signal handlers, all else by one thread at a time.
class WaitSet {
 public:
  /// Errors: as epoll_create(2), timerfd_create(2), eventfd(2).
  static Result<WaitSet> open();

  /// Can be read, as poll(2) has it, when there is a reason not to wait.
  int fd() const { return epoll_.get(); }

  /// That there is something to read in this descriptor is a reason, until it is closed. Errors: as
  /// epoll_ctl(2).
  Result<void> add(int fd);
  /// From this time on there is a reason.
  void set_time(std::chrono::steady_clock::time_point time);
  /// Is a reason until `take_wake()`.
  void wake() const;
  /// Whether it was woken since the last time.
  bool take_wake();

  /// Waits for a reason. False when a signal ended the wait, or the time was over.
  bool wait(std::chrono::milliseconds limit) const;

 private:
  WaitSet(UniqueFd epoll, UniqueFd timer, UniqueFd event)
      : epoll_(std::move(epoll)), timer_(std::move(timer)), event_(std::move(event)) {}

  UniqueFd epoll_;
  UniqueFd timer_;
  UniqueFd event_;
};

}  // namespace sockutils
