#include "sockprobed/wake_up.h"

#include <sys/epoll.h>
#include <unistd.h>

namespace tools::sockprobed {

WakeUp::WakeUp(int signals) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (epoll_ >= 0) ::epoll_ctl(epoll_, EPOLL_CTL_ADD, signals, &event);
}

WakeUp::~WakeUp() {
  if (epoll_ >= 0) ::close(epoll_);
}

void WakeUp::wait_for_room(int fd, bool wanted) {
  if (wanted == waits_) return;
  epoll_event event{};
  event.events = EPOLLOUT;
  // Files cannot be watched, but they never make a writer wait.
  ::epoll_ctl(epoll_, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event);
  waits_ = wanted;
}

}  // namespace tools::sockprobed
