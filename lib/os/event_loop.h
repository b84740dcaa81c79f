/// Waiting for many descriptors at once, epoll(7).
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

/// Not for several threads at once.
class EventLoop {
 public:
  struct Readiness {
    bool readable = false;
    bool writable = false;
    /// The other end is gone, or an error waits.
    bool hung_up = false;
  };
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_ready(Readiness what) = 0;
  };
  struct Interest {
    bool readable = true;
    bool writable = false;
  };

  /// Errors: as epoll_create(2).
  static Result<EventLoop> open();

  /// The handler has to outlive the watch; the descriptor belongs to the caller. Watching again changes the
  /// interest. Errors: as epoll_ctl(2).
  Result<void> watch(int fd, Handler& handler, Interest interest);
  /// To be called before the descriptor is closed; events of it that are under way are dropped.
  void forget(int fd);

  /// Waits, and calls the handlers of those that are ready. A signal ends the wait early. Handlers may watch
  /// and forget any descriptor.
  void run_once(std::chrono::milliseconds limit);

 private:
  explicit EventLoop(UniqueFd epoll) : epoll_(std::move(epoll)) {}

  struct Watch {
    int fd;
    Handler* handler;
  };
  UniqueFd epoll_;
  /// Descriptors are used again at once, tags never.
  std::unordered_map<std::uint64_t, Watch> watches_;
  std::unordered_map<int, std::uint64_t> tags_;
  std::uint64_t next_tag_ = 0;
};

}  // namespace sockutils
