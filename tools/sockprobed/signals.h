/// Signals as something to read.
#pragma once

#include <csignal>
#include <cstdint>

namespace tools::sockprobed {

/// Holds back SIGTERM, SIGINT and SIGHUP as long as it lives; those that the caller of the program has it
/// ignore stay ignored. One at a time.
class Signals {
 public:
  enum class SignalRequest : std::uint8_t { None, End, Reload };

  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Can be read when a signal waits; -1 when the system has none.
  int fd() const { return fd_; }
  /// Takes one.
  SignalRequest take();

 private:
  sigset_t held_{};
  sigset_t before_{};
  int fd_ = -1;
};

}  // namespace tools::sockprobed
