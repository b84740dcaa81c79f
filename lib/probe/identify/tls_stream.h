/// A connection to a server, plain at first, and then perhaps not.
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
  /// Owns `socket`.
  Line(ProbeSockets& sockets, int socket) : sockets_(sockets), socket_(socket) {}
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int socket() const { return socket_; }
  /// Null while it is plain.
  const TlsSession* tls() const { return tls_.get(); }
  void begin_tls(std::unique_ptr<TlsSession> session);
  /// The first bytes that came since TLS began, as they came: what they are tells whether it is TLS.
  std::string_view answer_to_hello() const { return answer_to_hello_; }

  /// False when that failed, or went out only in part: what is said here fits into any socket.
  bool send(std::string_view words);
  enum class Received : std::uint8_t { Nothing, Bytes, End };
  /// Appends what came, at most about `limit` bytes. A handshake goes on meanwhile.
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
