#include "probe/via/target.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "os/sender_sockets.h"
#include "os/server_sockets.h"
#include "probe/via/datagram.h"
#include "probe/via/syn.h"
#include "sockutils/list.h"

namespace sockutils::probe {
namespace {

constexpr std::size_t MaxVisitors = 16;
constexpr unsigned AnswersPerPort = 4 * MaxDatagrams;

/// One connection to a port.
class Visitor final : public EventLoop::Handler {
 public:
  Visitor(EventLoop& loop, const std::string& token, AcceptedConnection accepted)
      : loop_(loop),
        token_(token),
        accepted_(std::move(accepted)),
        syn_(decode_syn(saved_syn(accepted_.fd.get()))) {
    if (!loop_.watch(fd(), *this, {})) over_ = true;
  }
  ~Visitor() override { loop_.forget(fd()); }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  void on_ready(EventLoop::Readiness) override {
    std::array<char, BytesToEcho> room;
    const auto size = receive_bytes(fd(), room);
    if (!size && size.error().code == EAGAIN) return;
    if (!size || *size == 0 || over_) return leave();
    const std::string_view bytes(room.data(),
                                 std::min(*size, BytesToEcho - std::min(BytesToEcho, received_)));
    if (head_.size() < TokenSize) head_ += bytes.substr(0, TokenSize - head_.size());
    if (!token_.starts_with(head_)) return leave();
    received_ += bytes.size();
    // The bytes fit into a socket buffer, and no more are ever sent.
    (void)send_bytes(fd(), bytes);
  }

  const Sockaddr& peer() const { return accepted_.peer; }
  bool knows_token() const { return head_ == token_; }
  std::uint32_t received() const { return static_cast<std::uint32_t>(received_); }
  const std::optional<SynFacts>& syn() const { return syn_; }

 private:
  int fd() const { return accepted_.fd.get(); }
  void leave() {
    over_ = true;
    loop_.forget(fd());
    accepted_.fd = UniqueFd();
  }

  EventLoop& loop_;
  const std::string& token_;
  AcceptedConnection accepted_;
  std::optional<SynFacts> syn_;
  std::string head_;
  std::size_t received_ = 0;
  bool over_ = false;
};

class StreamTarget final : public TargetPort {
 public:
  StreamTarget(EventLoop& loop, const std::string& token, Address expected, ProbePort port, UniqueFd fd)
      : loop_(loop), token_(token), expected_(expected), port_(port), fd_(std::move(fd)) {}
  ~StreamTarget() override { loop_.forget(fd_.get()); }
  StreamTarget(const StreamTarget&) = delete;
  StreamTarget& operator=(const StreamTarget&) = delete;

  Result<void> listen() { return loop_.watch(fd_.get(), *this, {}); }

  void on_ready(EventLoop::Readiness) override {
    for (;;) {
      auto accepted = accept_connection(fd_.get());
      if (!accepted && accepted.error().code == ECONNABORTED) continue;
      // Without descriptors the socket would be reported as ready again and again.
      if (!accepted && accepted.error().code != EAGAIN) loop_.forget(fd_.get());
      if (!accepted) return;
      if (visitors_.size() < MaxVisitors)
        visitors_.push_back(std::make_unique<Visitor>(loop_, token_, std::move(*accepted)));
    }
  }

  SeenPort seen() const override {
    SeenPort seen;
    seen.port = port_;
    const Visitor* best = nullptr;
    for (const auto& visitor : visitors_) {
      if (!visitor->knows_token() && visitor->peer().address != expected_) continue;
      ++seen.accepted;
      if (best == nullptr || (visitor->knows_token() && !best->knows_token())) best = visitor.get();
    }
    if (best == nullptr) return seen;
    seen.source = best->peer();
    seen.bytes = best->received();
    seen.syn = best->syn();
    return seen;
  }

 private:
  EventLoop& loop_;
  const std::string& token_;
  Address expected_;
  ProbePort port_;
  UniqueFd fd_;
  std::vector<std::unique_ptr<Visitor>> visitors_;
};

class DatagramTarget final : public TargetPort {
 public:
  DatagramTarget(EventLoop& loop, const std::string& token, ProbePort port, UniqueFd fd)
      : loop_(loop), token_(token), fd_(std::move(fd)) {
    seen_.port = port;
  }
  ~DatagramTarget() override { loop_.forget(fd_.get()); }
  DatagramTarget(const DatagramTarget&) = delete;
  DatagramTarget& operator=(const DatagramTarget&) = delete;

  Result<void> listen() { return loop_.watch(fd_.get(), *this, {}); }

  void on_ready(EventLoop::Readiness) override {
    std::array<char, 65'536> room;
    const auto head = receive_datagram(fd_.get(), room);
    if (!head) return;
    const std::string_view bytes(room.data(), head->size);
    const auto datagram = decode_datagram(token_, bytes);
    if (!datagram || datagram->kind == PairDatagram::Kind::Answer || head->is_broadcast) return;
    note(*datagram, *head);
    if (++answers_ > AnswersPerPort) return;
    PairDatagram answer = *datagram;
    answer.kind = PairDatagram::Kind::Answer;
    answer.answered = steady_microseconds();
    (void)send_datagram(fd_.get(), encode_datagram(token_, answer, SmallestPairDatagram), head->from,
                        head->to);
  }

  SeenPort seen() const override {
    SeenPort seen = seen_;
    seen.train = train_.facts(0);
    return seen;
  }

 private:
  void note(const PairDatagram& datagram, const DatagramHead& head) {
    constexpr std::size_t HeadersOfIpv4 = 28;
    constexpr std::size_t HeadersOfIpv6 = 48;
    const std::size_t headers = head.from.address.is_v6 ? HeadersOfIpv6 : HeadersOfIpv4;
    seen_.largest = std::max(seen_.largest, static_cast<std::uint32_t>(head.size + headers));
    if (!seen_.source) seen_.source = head.from;
    if (datagram.kind == PairDatagram::Kind::Size) return;
    train_.add(datagram.number, datagram.sent, steady_microseconds());
    auto& tos = datagram.kind == PairDatagram::Kind::Ecn ? seen_.ecn_tos : seen_.tos;
    if (!tos) tos = head.tos;
    if (!seen_.ttl) seen_.ttl = head.ttl;
  }

  EventLoop& loop_;
  const std::string& token_;
  UniqueFd fd_;
  SeenPort seen_;
  Train train_;
  unsigned answers_ = 0;
};

template <class Port>
Result<std::unique_ptr<TargetPort>> listening(std::unique_ptr<Port> port) {
  if (auto watched = port->listen(); !watched) return tl::unexpected(watched.error());
  return port;
}

/// The number of connections by port whose SYN arrived but whose handshake does not complete. The kernel
/// lists them without privileges.
std::map<std::uint16_t, std::uint32_t> half_open_by_port(const Address& expected) {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  query.states = StateSet{State::SynRecv};
  query.fields = {find_field("local_port"), find_field("peer_address")};
  query.numeric = true;
  std::map<std::uint16_t, std::uint32_t> counts;
  (void)list_sockets(query, [&](Values row) {
    const auto* const port = row[0] ? std::get_if<std::uint64_t>(&*row[0]) : nullptr;
    const auto* const peer = row[1] ? std::get_if<Address>(&*row[1]) : nullptr;
    if (port != nullptr && peer != nullptr && peer->bytes == expected.bytes && peer->is_v6 == expected.is_v6)
      ++counts[static_cast<std::uint16_t>(*port)];
    return true;
  });
  return counts;
}

}  // namespace

Result<void> Target::open(const ProbePort& port, const Address& at) {
  const bool is_udp = port.protocol == Protocol::Udp;
  auto fd = is_udp ? open_datagram_socket({at, port.port}) : open_listener({at, port.port}, true);
  if (!fd) return tl::unexpected(fd.error());
  set_ttl(fd->get(), at.is_v6, PairTtl);
  auto opened =
      is_udp ? listening(std::make_unique<DatagramTarget>(loop_, token_, port, std::move(*fd)))
             : listening(std::make_unique<StreamTarget>(loop_, token_, expected_, port, std::move(*fd)));
  if (!opened) return tl::unexpected(opened.error());
  ports_.push_back(std::move(*opened));
  return {};
}

Seen Target::report() const {
  const auto half_open = half_open_by_port(expected_);
  Seen seen;
  for (const auto& port : ports_) {
    seen.ports.push_back(port->seen());
    SeenPort& last = seen.ports.back();
    const auto found = half_open.find(last.port.port);
    if (last.port.protocol == Protocol::Tcp && found != half_open.end()) last.half_open = found->second;
  }
  return seen;
}

}  // namespace sockutils::probe
