// UDP: a train of numbered datagrams, then the search for the largest that passes.

#include <algorithm>
#include <cerrno>

#include "os/sender_sockets.h"
#include "os/server_sockets.h"
#include "probe/engine/verdict.h"
#include "probe/via/datagram.h"
#include "probe/via/sender.h"
#include "probe/via/size_search.h"

namespace sockutils::probe {
namespace {

constexpr std::size_t TrainDatagramSize = 64;
constexpr std::chrono::milliseconds Gap{10};
constexpr std::chrono::milliseconds LastAnswers{750};
constexpr std::chrono::milliseconds SizeAnswer{250};
/// This many datagrams at the end of a train are sent with ECT(0).
constexpr std::uint32_t EcnDatagrams = 5;
constexpr std::uint8_t Ect0 = 2;

class DatagramAttempt final : public PairAttempt {
 public:
  using PairAttempt::PairAttempt;

  TriedPort result() const override {
    TriedPort result = tried_;
    result.answers = answers_.facts(tried_.sent);
    return result;
  }

  void begin(Clock::time_point now) override {
    next_ = now;
    if (!open()) return;
    const Outcome outcome = sockets_.connect(socket_, end_);
    if (outcome.error != 0) note_failure(outcome);
    if (outcome.error != 0 || !loop_.watch(socket_, *this, {})) return close();
    request_ttl(socket_, task_.to.is_v6);
    if (const auto local = local_end(socket_)) tried_.local = *local;
  }

  void on_ready(EventLoop::Readiness) override {
    if (is_over()) return;
    std::array<char, 2048> room;
    const auto head = receive_datagram(socket_, room);
    if (!head) {
      if (head.error().code != EAGAIN) on_error(head.error().code);
      return;
    }
    const auto answer = decode_datagram(task_.token, {room.data(), head->size});
    if (!answer || answer->kind != PairDatagram::Kind::Answer) return;
    if (search_)
      search_->on_answer(answer->number);
    else
      on_answer(*answer, *head);
  }

  void tick(Clock::time_point now) override {
    if (search_) return search(now);
    if (tried_.sent < task_.datagrams) {
      if (now >= next_) send_next(now);
      return;
    }
    const bool all_back = answers_.facts(0).received == tried_.sent;
    const auto timeouts = tried_.round_trip_us ? answer_patience(LastAnswers) : task_.timeout;
    if (!all_back && now - next_ < timeouts) return;
    begin_search();
  }

 private:
  /// How long to wait for an answer, given the shortest round trip so far and a possible delay at the other
  /// end.
  std::chrono::milliseconds answer_patience(std::chrono::milliseconds slowness) const {
    const std::chrono::microseconds shortest(tried_.round_trip_us.value_or(0));
    return std::min(std::chrono::ceil<std::chrono::milliseconds>(4 * shortest) + slowness, task_.timeout);
  }

  void on_answer(const PairDatagram& answer, const DatagramHead& head) {
    const std::uint64_t now = steady_microseconds();
    // The time on the way back, measured by two clocks: only differences count.
    answers_.add(answer.number, answer.answered, now);
    if (!tried_.answer_ttl) tried_.answer_ttl = head.ttl;
    const auto trip = static_cast<std::uint32_t>(std::min<std::uint64_t>(now - answer.sent, UINT32_MAX));
    if (answer.sent <= now) tried_.round_trip_us = std::min(tried_.round_trip_us.value_or(trip), trip);
  }

  void send_next(Clock::time_point now) {
    const bool with_ecn = tried_.sent + EcnDatagrams >= task_.datagrams && tried_.sent > 0;
    const auto kind = with_ecn ? PairDatagram::Kind::Ecn : PairDatagram::Kind::Train;
    set_tos(socket_, task_.to.is_v6, static_cast<std::uint8_t>(tried_.tos | (with_ecn ? Ect0 : 0)));
    const PairDatagram datagram{kind, tried_.sent, steady_microseconds(), 0};
    const auto sent = sockets_.send(socket_, encode_datagram(task_.token, datagram, TrainDatagramSize));
    // An ICMP error about an earlier datagram is reported here.
    if (!sent && sent.error().code != EAGAIN) on_error(sent.error().code);
    ++tried_.sent;
    next_ = now + Gap;
  }

  void on_error(int code) {
    const Outcome outcome = sockets_.outcome(socket_);
    if (tried_.error.empty()) note_failure({outcome.error != 0 ? outcome.error : code, outcome.icmp});
  }

  void begin_search() {
    const auto mtu = route_mtu(socket_, task_.to.is_v6);
    if (!task_.path_mtu || answers_.facts(0).received == 0 || !mtu) return close();
    set_tos(socket_, task_.to.is_v6, tried_.tos);
    forbid_fragments(socket_, task_.to.is_v6);
    const auto headers = header_size();
    search_.emplace(static_cast<std::uint32_t>(TrainDatagramSize) + headers, std::min(*mtu, 65'535u),
                    answer_patience(SizeAnswer));
  }

  std::uint32_t header_size() const { return task_.to.is_v6 ? 48 : 28; }

  void search(Clock::time_point now) {
    if (const auto size = search_->take(now)) {
      const PairDatagram datagram{PairDatagram::Kind::Size, *size, steady_microseconds(), 0};
      const auto sent = sockets_.send(socket_, encode_datagram(task_.token, datagram, *size - header_size()));
      if (!sent && sent.error().code == EMSGSIZE) search_->on_refusal();
      if (!sent) (void)sockets_.outcome(socket_);
    }
    if (!search_->is_over()) return;
    tried_.path_mtu = search_->result();
    close();
  }

  Train answers_;
  /// When the next datagram is due; after the last one, when that was sent.
  Clock::time_point next_;
  std::optional<SizeSearch> search_;
};

}  // namespace

std::unique_ptr<PairAttempt> make_datagram_attempt(EventLoop& loop, ProbeSockets& sockets,
                                                   const SenderTask& task, ProbePort port) {
  return std::make_unique<DatagramAttempt>(loop, sockets, task, port);
}

}  // namespace sockutils::probe
