/// Receives Ctrl-C and similar signals as requests to end, and changes of the terminal's size.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>

namespace tools {

/// Blocks SIGINT, SIGTERM, SIGHUP and SIGWINCH during its lifetime, except those that the caller of the
/// program has set to be ignored. Only one object at a time.
class Interrupt {
 public:
  enum class Wake : std::uint8_t { Time, End, Resized };

  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Waits until the time is over or an event occurs. After the first `End` it always returns that.
  Wake wait(std::chrono::milliseconds limit);
  /// Becomes readable when the program must end, for callers that also wait for other things; -1 when the
  /// system has no more descriptors. Owned by this object.
  int descriptor() const { return descriptor_; }
  /// Whether the program must end.
  bool requested() { return wait(std::chrono::milliseconds(0)) == Wake::End; }

 private:
  sigset_t held_{};
  sigset_t before_{};
  int descriptor_ = -1;
  bool ended_ = false;
};

}  // namespace tools
