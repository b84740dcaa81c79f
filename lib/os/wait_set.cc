#include "os/wait_set.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cstdint>

#include "os/real_system.h"

namespace sockutils {

Result<WaitSet> WaitSet::open() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return tl::unexpected(last_error("open", "epoll"));
  UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer) return tl::unexpected(last_error("open", "timerfd"));
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return tl::unexpected(last_error("open", "eventfd"));
  WaitSet set(std::move(epoll), std::move(timer), std::move(event));
  for (const int fd : {set.timer_.get(), set.event_.get()})
    if (auto added = set.add(fd); !added) return tl::unexpected(added.error());
  return set;
}

Result<void> WaitSet::add(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    return tl::unexpected(last_error("watch", "descriptor"));
  return {};
}

void WaitSet::set_time(std::chrono::steady_clock::time_point time) {
  // Of CLOCK_MONOTONIC, which is what steady_clock is on Linux. A time of zero would mean never.
  const auto since = std::max(time.time_since_epoch(), std::chrono::steady_clock::duration(1));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count();
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void WaitSet::wake() const { ::eventfd_write(event_.get(), 1); }

bool WaitSet::take_wake() {
  eventfd_t count = 0;
  return ::eventfd_read(event_.get(), &count) == 0;
}

bool WaitSet::wait(std::chrono::milliseconds limit) const {
  epoll_event event{};
  return ::epoll_wait(epoll_.get(), &event, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace sockutils
