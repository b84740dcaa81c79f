/// Interrupts a serving server: for a signal, or when the log has room.
#pragma once

namespace tools::sockprobed {

class WakeUp {
 public:
  /// Both descriptors remain the caller's.
  explicit WakeUp(int signals);
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  /// Readable when there is a reason to wake up; -1 when the system has no more descriptors.
  int fd() const { return epoll_; }
  /// Whether to wake up when this descriptor becomes writable.
  void wait_for_room(int fd, bool wanted);

 private:
  int epoll_;
  bool waits_ = false;
};

}  // namespace tools::sockprobed
