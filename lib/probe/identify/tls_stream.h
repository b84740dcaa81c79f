/// A connection to a server: plain text at first, then optionally TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "os/probe_sockets.h"
#include "os/tls.h"

namespace sockutils::probe {

class Line {
 public:
  /// Takes ownership of `socket`.
  Line(ProbeSockets& sockets, int socket) : sockets_(sockets), socket_(socket) {}
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int socket() const { return socket_; }
  /// Null before TLS begins.
  const TlsSession* tls() const { return tls_.get(); }
  void begin_tls(std::unique_ptr<TlsSession> session);
  /// The first bytes received after the ClientHello, undecoded: they show whether this is TLS.
  std::string_view answer_to_hello() const { return answer_to_hello_; }

  /// Returns false when sending failed or was incomplete: these messages fit into any socket buffer.
  bool send(std::string_view words);
  enum class Received : std::uint8_t { Nothing, Bytes, End };
  /// Appends what was received, about `limit` bytes at most. Also advances a handshake.
  Received receive(std::string& into, std::size_t limit);

 private:
  bool flush();
  Received receive_secure(std::string& into, std::size_t limit);

  ProbeSockets& sockets_;
  int socket_;
  std::unique_ptr<TlsSession> tls_;
  std::string answer_to_hello_;
};

}  // namespace sockutils::probe
