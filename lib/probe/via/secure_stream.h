/// Messages over a stream, with or without TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "os/tls.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

/// Converts between bytes on the wire and messages; the owner of the socket transports the bytes.
class MessageStream {
 public:
  /// Without a session nothing is encrypted.
  explicit MessageStream(std::unique_ptr<TlsSession> tls) : tls_(std::move(tls)) {}

  /// Adds received bytes.
  void put(std::string_view wire);
  /// Returns the bytes to send.
  std::string take();
  /// The next complete message. No value: none yet, or never again (`is_broken()`).
  std::optional<Message> next();
  void send(const Message& message);

  /// Whether messages can be sent.
  bool is_open() const { return tls_ == nullptr || tls_->state() == TlsSession::State::Open; }
  /// Whether the stream has failed: the input does not follow this protocol, or the TLS session failed.
  bool is_broken() const { return !problem_.empty(); }
  /// Why, in words.
  const std::string& problem() const { return problem_; }
  /// Whether it failed because this end does not trust the other end's certificate.
  bool distrusts_peer() const { return tls_ != nullptr && tls_->distrusts_peer(); }
  /// The name of the other end's key; empty without one.
  std::string peer_name() const { return tls_ == nullptr ? std::string() : tls_->psk_identity(); }

 private:
  std::unique_ptr<TlsSession> tls_;
  FrameReader frames_;
  std::string unsent_;
  std::string problem_;
};

}  // namespace sockutils::probe
