#include <array>
#include <bit>

#include "common/parse_number.h"
#include "common/text.h"
#include "family/inet/inet.h"

namespace sockutils::inet {
namespace {

// Columns of /proc/net/tcp and its like (tcp_ipv4.c, udp.c, raw.c): the header names more words than a
// line has, because pairs are joined by a colon.
enum Column : std::size_t {
  Slot,
  Local,
  Peer,
  StateNumber,
  Queues,
  TimerWhen,
  Retransmits,
  Uid,
  Timeout,
  Inode
};
constexpr std::size_t NeededColumns = Inode + 1;
// After the inode: reference count, pointer, and in UDP and raw the drops.
constexpr std::size_t DropsColumn = Inode + 3;
// In TCP: both time-outs, quick acknowledgements that are left and above them a bit for an interactive
// session, the congestion window, and the slow start threshold or a listener's limit (get_tcp4_sock() in
// tcp_ipv4.c).
constexpr std::size_t QuickAcksColumn = Inode + 5;
constexpr std::size_t LimitColumn = Inode + 7;

// Times are in USER_HZ, which is 100 on every architecture that Linux still has.
constexpr std::uint64_t MicrosecondsPerTick = 10'000;

struct HexPair {
  std::uint64_t first;
  std::uint64_t second;
};

std::optional<HexPair> parse_hex_pair(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto first = parse_number<std::uint64_t>(text.substr(0, colon), 16);
  const auto second = parse_number<std::uint64_t>(text.substr(colon + 1), 16);
  if (!first || !second) return std::nullopt;
  return HexPair{*first, *second};
}

struct AddressPort {
  Address address;
  std::uint16_t port;
};

/// An address is one 32 bit word, or four, each printed in the machine's own order: as bytes in memory
/// they are in network order.
std::optional<AddressPort> parse_end(std::string_view text, bool is_v6) {
  const std::size_t digits = is_v6 ? 32 : 8;
  if (text.size() != digits + 5 || text[digits] != ':') return std::nullopt;
  AddressPort end{};
  end.address.is_v6 = is_v6;
  for (std::size_t word = 0; word < digits / 8; ++word) {
    const auto number = parse_number<std::uint32_t>(text.substr(word * 8, 8), 16);
    if (!number) return std::nullopt;
    const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(*number);
    std::copy(bytes.begin(), bytes.end(), end.address.bytes.begin() + static_cast<std::ptrdiff_t>(word * 4));
  }
  const auto port = parse_number<std::uint16_t>(text.substr(digits + 1), 16);
  if (!port) return std::nullopt;
  end.port = *port;
  return end;
}

void set_queues(Socket& socket, const HexPair& queues) {
  socket.recv_queue = queues.second;
  // A listener's limit is not in this file, and its send queue is none.
  if (socket.state != State::Listen) socket.send_queue = queues.first;
}

/// False when a column that is there is no number.
bool take_drops(const std::vector<std::string_view>& columns, Socket& socket) {
  if (columns.size() <= DropsColumn) return true;
  const auto drops = parse_number<std::uint64_t>(columns[DropsColumn]);
  if (drops) socket.facts.set_number(Drops, *drops);
  return drops.has_value();
}

/// Lines of TIME_WAIT and SYN_RECV end before.
bool take_tcp_columns(const std::vector<std::string_view>& columns, Socket& socket) {
  if (columns.size() <= LimitColumn) return true;
  const auto quick = parse_number<std::uint32_t>(columns[QuickAcksColumn]);
  if (!quick) return false;
  if (socket.state != State::Listen) {
    socket.facts.set_number(QuickAcks, *quick >> 1);
    socket.facts.set_number(Interactive, *quick & 1);
    return true;
  }
  const auto limit = parse_number<std::uint32_t>(columns[LimitColumn]);
  if (limit) socket.facts.set_number(FastOpenLimit, *limit);
  return limit.has_value();
}

}  // namespace

Decode parse_line(std::string_view line, const SocketKind& kind, Socket& socket) {
  const std::vector<std::string_view> columns = split_words(line);
  if (columns.size() < NeededColumns) return Decode::Malformed;
  const bool is_v6 = kind.family == Family::Inet6;
  const auto local = parse_end(columns[Local], is_v6);
  const auto peer = parse_end(columns[Peer], is_v6);
  const auto state = parse_number<std::uint8_t>(columns[StateNumber], 16);
  const auto queues = parse_hex_pair(columns[Queues]);
  const auto timer = parse_hex_pair(columns[TimerWhen]);
  const auto retransmits = parse_number<std::uint32_t>(columns[Retransmits], 16);
  const auto uid = parse_number<std::uint32_t>(columns[Uid]);
  const auto inode = parse_number<std::uint64_t>(columns[Inode]);
  if (!local || !peer || !state || !queues || !timer || !retransmits || !uid || !inode)
    return Decode::Malformed;

  socket.family = kind.family;
  socket.protocol = kind.protocol.value_or(Protocol::Tcp);
  socket.state = state_of(*kind.protocol, *state);
  set_endpoints(socket, local->address, local->port, peer->address, peer->port);
  set_queues(socket, *queues);
  set_timer(socket, static_cast<unsigned>(timer->first), timer->second * MicrosecondsPerTick, *retransmits);
  set_ownership(socket, {*uid, *inode});
  const bool whole =
      socket.protocol == Protocol::Tcp ? take_tcp_columns(columns, socket) : take_drops(columns, socket);
  return whole ? Decode::Complete : Decode::Partial;
}

}  // namespace sockutils::inet
