/// The end that is tried: ports that are open for a while, and what arrives at them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

/// TCP: this many bytes are sent, and sent back, so that full segments go both ways.
inline constexpr std::size_t BytesToEcho = 4096;

/// A port that is open; closed when it is destroyed.
class TargetPort : public EventLoop::Handler {
 public:
  /// Without what is not known yet: `half_open`.
  virtual SeenPort seen() const = 0;
};

/// Answers those that know the token, and nobody else; the answer to a datagram is never longer than it.
class Target {
 public:
  /// `expected`: who shall come. Connections of others count only with the token.
  Target(EventLoop& loop, std::string token, Address expected)
      : loop_(loop), token_(std::move(token)), expected_(expected) {}

  const std::string& token() const { return token_; }
  /// Errors: as bind(2): EADDRINUSE for a port that is taken.
  Result<void> open(const ProbePort& port, const Address& at);
  /// What arrived up to now.
  Seen report() const;

 private:
  EventLoop& loop_;
  std::string token_;
  Address expected_;
  std::vector<std::unique_ptr<TargetPort>> ports_;
};

}  // namespace sockutils::probe
