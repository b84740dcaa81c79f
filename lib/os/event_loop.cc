#include "os/event_loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

#include "common/last_error.h"

namespace sockutils {

Result<EventLoop> EventLoop::open() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return tl::unexpected(last_error("open", "epoll"));
  return EventLoop(std::move(epoll));
}

Result<void> EventLoop::watch(int fd, Handler& handler, Interest interest) {
  const auto known = tags_.find(fd);
  const bool is_new = known == tags_.end();
  epoll_event event{};
  event.events = (interest.readable ? EPOLLIN | EPOLLRDHUP : 0u) | (interest.writable ? EPOLLOUT : 0u);
  // A copy: on x86-64 the structure is packed, and a reference into it would not be aligned.
  const std::uint64_t tag = is_new ? next_tag_++ : known->second;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) != 0)
    return tl::unexpected(last_error("watch", "socket"));
  tags_[fd] = tag;
  watches_[tag] = {fd, &handler};
  return {};
}

void EventLoop::forget(int fd) {
  const auto known = tags_.find(fd);
  if (known == tags_.end()) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  watches_.erase(known->second);
  tags_.erase(known);
}

void EventLoop::run_once(std::chrono::milliseconds limit) {
  std::array<epoll_event, 128> events;
  constexpr std::chrono::milliseconds Longest = std::chrono::minutes(1);
  const auto wait = std::clamp(limit, std::chrono::milliseconds(0), Longest);
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), static_cast<int>(wait.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t tag = event.data.u64;
    const auto found = watches_.find(tag);
    if (found == watches_.end()) continue;
    found->second.handler->on_ready({.readable = (event.events & (EPOLLIN | EPOLLRDHUP)) != 0,
                                     .writable = (event.events & EPOLLOUT) != 0,
                                     .hung_up = (event.events & (EPOLLHUP | EPOLLERR)) != 0});
  }
}

}  // namespace sockutils
