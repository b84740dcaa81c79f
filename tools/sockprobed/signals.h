/// Receives signals through a descriptor.
#pragma once

#include <csignal>
#include <cstdint>

namespace tools::sockprobed {

/// Blocks SIGTERM, SIGINT and SIGHUP during its lifetime; those that the caller of the program has set to be
/// ignored stay ignored. Only one object at a time.
class Signals {
 public:
  enum class SignalRequest : std::uint8_t { None, End, Reload };

  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Readable when a signal is pending; -1 when the system has no more descriptors.
  int fd() const { return fd_; }
  /// Takes one pending signal.
  SignalRequest take();

 private:
  sigset_t held_{};
  sigset_t before_{};
  int fd_ = -1;
};

}  // namespace tools::sockprobed
