#include "probe/identify/tls_stream.h"

#include <algorithm>
#include <cerrno>

namespace sockutils::probe {

Line::~Line() {
  if (tls_) {
    tls_->close();
    flush();
  }
  sockets_.close(socket_);
}

bool Line::flush() {
  std::string wire;
  tls_->take(wire);
  if (wire.empty()) return true;
  const auto sent = sockets_.send(socket_, wire);
  return sent && *sent == wire.size();
}

void Line::begin_tls(std::unique_ptr<TlsSession> session) {
  tls_ = std::move(session);
  flush();
}

bool Line::send(std::string_view words) {
  if (tls_) return tls_->write(words) && flush();
  const auto sent = sockets_.send(socket_, words);
  return sent && *sent == words.size();
}

Line::Received Line::receive_secure(std::string& into, std::size_t limit) {
  constexpr std::size_t LongestBeginning = 1024;
  std::string wire;
  const auto received = sockets_.receive(socket_, wire, limit);
  if (!received && received.error().code == EAGAIN) return Received::Nothing;
  answer_to_hello_ += wire.substr(0, LongestBeginning - std::min(LongestBeginning, answer_to_hello_.size()));
  const bool ended = wire.empty();
  const auto state = ended ? tls_->put_end() : tls_->put(wire);
  flush();
  if (tls_->read(into, limit) > 0) return Received::Bytes;
  const bool is_over = state == TlsSession::State::Ended || state == TlsSession::State::Failed;
  return ended || is_over ? Received::End : Received::Nothing;
}

Line::Received Line::receive(std::string& into, std::size_t limit) {
  if (tls_) return receive_secure(into, limit);
  const auto received = sockets_.receive(socket_, into, limit);
  if (!received) return received.error().code == EAGAIN ? Received::Nothing : Received::End;
  return *received == 0 ? Received::End : Received::Bytes;
}

}  // namespace sockutils::probe
