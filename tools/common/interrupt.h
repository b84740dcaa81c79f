/// Ctrl-C and its kin as a wish to end, and a terminal that changes its size.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>

namespace tools {

/// Holds back SIGINT, SIGTERM, SIGHUP and SIGWINCH as long as it lives, those excepted that the caller of the
/// program has it ignore. One at a time.
class Interrupt {
 public:
  enum class Wake : std::uint8_t { Time, End, Resized };

  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Waits until the time is over or something else happens. Once it was `End` it stays so.
  Wake wait(std::chrono::milliseconds limit);
  /// Readable as soon as the program shall end, for those who wait for more than that; -1 when the system has
  /// no more descriptors. It lives as long as this.
  int descriptor() const { return descriptor_; }
  /// Whether the program shall end.
  bool requested() { return wait(std::chrono::milliseconds(0)) == Wake::End; }

 private:
  sigset_t held_{};
  sigset_t before_{};
  int descriptor_ = -1;
  bool ended_ = false;
};

}  // namespace tools
