#include "probe/server/ports.h"

#include <array>
#include <cerrno>

#include "probe/server/plain_services.h"

namespace sockutils::probe {
namespace {

/// At one port, before other ports get their turn.
constexpr int AcceptAtOnce = 64;
constexpr int DatagramsAtOnce = 64;
constexpr std::uint16_t FirstUnprivileged = 1024;

std::size_t next_port_id() {
  static std::size_t last = 0;
  return ++last;
}

}  // namespace

ServerPort::ServerPort(EventLoop& loop, TestService service, Address asked_address, UniqueFd fd, Sockaddr at)
    : loop_(loop),
      service_(std::move(service)),
      asked_address_(asked_address),
      fd_(std::move(fd)),
      at_(at),
      id_(next_port_id()) {}

ServerPort::~ServerPort() { loop_.forget(fd_.get()); }

bool ServerPort::fits(const TestService& service, const Address& address) const {
  if (address != asked_address_ || service.protocol != service_.protocol) return false;
  return service.port == service_.port && (service.port != 0 || service == service_);
}

Result<void> ServerPort::listen(bool on) { return loop_.watch(fd_.get(), *this, {.readable = on}); }

ServerEvent ServerPort::event(ServerEvent::Kind kind) const {
  ServerEvent event;
  event.kind = kind;
  event.service = label(service_);
  event.address = at_.address;
  event.port = at_.port;
  return event;
}

void StreamPort::on_ready(EventLoop::Readiness) {
  for (int i = 0; i < AcceptAtOnce; ++i) {
    auto accepted = accept_connection(fd());
    if (accepted) {
      door_.come_in(*this, std::move(*accepted));
      continue;
    }
    const int error = accepted.error().code;
    // accept(2): that connection is already gone.
    if (error == ECONNABORTED || error == EINTR || error == EPROTO) continue;
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
      door_.run_short(accepted.error());
    return;
  }
}

void DatagramPort::on_ready(EventLoop::Readiness) {
  constexpr std::size_t LargestDatagram = 65'536;
  static thread_local std::array<char, LargestDatagram> room;
  for (int i = 0; i < DatagramsAtOnce; ++i) {
    const auto head = receive_datagram(fd(), room);
    if (!head && head.error().code == EAGAIN) return;
    // The error is an ICMP error about an earlier answer.
    if (!head) continue;
    answer(*head, {room.data(), head->size});
  }
}

std::string_view DatagramPort::refusal(const DatagramHead& head, std::string_view question,
                                       std::string_view answer) {
  if (head.is_broadcast) return "it was sent to everybody";
  if (head.from.port < FirstUnprivileged) return "it came from a privileged port";
  if (head.from.port == at().port) return "it came from a server of this kind";
  if (!head.from.address.is_loopback() && answer.size() > question.size())
    return "the answer would be longer than the question";
  if (!budget_.take(head.from.address, DatagramBudget::Clock::now())) return "too many datagrams";
  return {};
}

void DatagramPort::answer(const DatagramHead& head, std::string_view question) {
  const std::string answer = answer_datagram(service(), question);
  if (answer.empty()) return;
  std::string reason(refusal(head, question, answer));
  if (reason.empty()) {
    const auto sent = send_datagram(fd(), answer, head.from, head.to);
    if (sent || sent.error().code == EAGAIN) return;
    reason = sent.error().message();
  }
  ServerEvent refused = event(ServerEvent::Kind::Refused);
  refused.peer = head.from.address;
  refused.peer_port = head.from.port;
  refused.reason = std::move(reason);
  log_.tell(refused, EventLog::Clock::now());
}

}  // namespace sockutils::probe
