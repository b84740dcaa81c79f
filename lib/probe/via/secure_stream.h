/// Messages over a stream, in TLS or as they are.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "os/tls.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

/// Bytes of the wire in and out, messages in and out; who owns the socket carries them.
class MessageStream {
 public:
  /// Without a session nothing is encrypted.
  explicit MessageStream(std::unique_ptr<TlsSession> tls) : tls_(std::move(tls)) {}

  /// Bytes that came.
  void put(std::string_view wire);
  /// Bytes that are to be sent.
  std::string take();
  /// The next whole message. No value: none yet, or never (`is_broken()`).
  std::optional<Message> next();
  void send(const Message& message);

  /// Messages may be sent.
  bool is_open() const { return tls_ == nullptr || tls_->state() == TlsSession::State::Open; }
  /// It is over: what came is nothing of this protocol, or the session failed.
  bool is_broken() const { return !problem_.empty(); }
  /// Why, in words.
  const std::string& problem() const { return problem_; }
  /// It is over since this end does not trust the other one's certificate.
  bool distrusts_peer() const { return tls_ != nullptr && tls_->distrusts_peer(); }
  /// By which key the other end is known; empty without one.
  std::string peer_name() const { return tls_ == nullptr ? std::string() : tls_->psk_identity(); }

 private:
  std::unique_ptr<TlsSession> tls_;
  FrameReader frames_;
  std::string unsent_;
  std::string problem_;
};

}  // namespace sockutils::probe
