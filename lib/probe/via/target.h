/// The end that is tried: it opens ports for a while, and records what arrives at them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

/// TCP: this many bytes are sent and echoed, so that full segments pass in both directions.
inline constexpr std::size_t BytesToEcho = 4096;

/// An open port, closed on destruction.
class TargetPort : public EventLoop::Handler {
 public:
  /// Everything except `half_open`, which is not known yet.
  virtual SeenPort seen() const = 0;
};

/// Answers only clients that know the token; an answer to a datagram is never longer than the request.
class Target {
 public:
  /// `expected`: the address of the other end. Connections from other addresses count only with the token.
  Target(EventLoop& loop, std::string token, Address expected)
      : loop_(loop), token_(std::move(token)), expected_(expected) {}

  const std::string& token() const { return token_; }
  /// Errors: as bind(2): EADDRINUSE for a port that is taken.
  Result<void> open(const ProbePort& port, const Address& at);
  /// What has arrived up to now.
  Seen report() const;

 private:
  EventLoop& loop_;
  std::string token_;
  Address expected_;
  std::vector<std::unique_ptr<TargetPort>> ports_;
};

}  // namespace sockutils::probe
