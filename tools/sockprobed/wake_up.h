/// What takes a server out of its work: a signal, or room for the log.
#pragma once

namespace tools::sockprobed {

class WakeUp {
 public:
  /// Both descriptors stay the caller's.
  explicit WakeUp(int signals);
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  /// Can be read when there is a reason; -1 when the system has none.
  int fd() const { return epoll_; }
  /// Whether room in this one is a reason.
  void wait_for_room(int fd, bool wanted);

 private:
  int epoll_;
  bool waits_ = false;
};

}  // namespace tools::sockprobed
