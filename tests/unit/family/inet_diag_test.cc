#include "family/inet/inet.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::inet_diag_test {
namespace {

constexpr SocketKind TcpV4{Family::Inet, Protocol::Tcp};
constexpr SocketKind UdpV4{Family::Inet, Protocol::Udp};

struct Decoded {
  Decode result;
  Socket socket;
};

Decoded decode(std::string_view bytes, const SocketKind& kind = TcpV4) {
  Decoded decoded{};
  decoded.result = inet::decode(as_bytes(bytes), kind, decoded.socket);
  return decoded;
}

/// struct tcp_info of a given length in which every byte tells its place.
std::string tcp_info(std::size_t length) {
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<char>(i % 251);
  return bytes;
}

std::uint64_t u32_at(std::size_t offset) {
  const std::string bytes = tcp_info(280);
  return *load<std::uint32_t>(as_bytes(bytes), offset);
}

struct Layout {
  std::string_view kernel;
  std::size_t length;
  /// The newest member it has, and the first that it lacks.
  std::string_view newest;
  std::string_view missing;
};

}  // namespace

TEST_CASE("an established connection has ends, queues, cookie, user and inode") {
  const auto [result, socket] = decode(bytes_of(tcp_connection()));
  CHECK(result == Decode::Complete);
  CHECK(socket.family == Family::Inet);
  CHECK(socket.state == State::Established);
  CHECK(text_of(socket, "local_address") == "192.0.2.7");
  CHECK(socket.local_port == 22);
  CHECK(text_of(socket, "peer_address") == "198.51.100.4");
  CHECK(socket.peer_port == 51022);
  CHECK(socket.recv_queue == 5u);
  CHECK(socket.send_queue == 7u);
  CHECK(socket.cookie == 0x200001001u);
  CHECK(socket.uid == 1000u);
  CHECK(socket.inode == 4242u);
  CHECK_FALSE(socket.interface);
}

TEST_CASE("a TIME_WAIT socket has no owner, no user and no inode") {
  for (const std::uint8_t number : {std::uint8_t{6}, std::uint8_t{3}, std::uint8_t{12}}) {
    inet_diag_msg message = tcp_connection();
    message.idiag_state = number;
    message.idiag_uid = 0;
    message.idiag_inode = 0;
    const Socket socket = decode(bytes_of(message)).socket;
    CHECK_FALSE(socket.uid);
    CHECK_FALSE(socket.inode);
  }
}

TEST_CASE("a socket of root keeps its user 0") {
  inet_diag_msg message = tcp_connection();
  message.idiag_uid = 0;
  CHECK(decode(bytes_of(message)).socket.uid == 0u);
}

TEST_CASE("a listener has no peer") {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 10;
  message.id.idiag_dst[0] = 0;
  message.id.idiag_dport = 0;
  const Socket socket = decode(bytes_of(message)).socket;
  CHECK_FALSE(socket.peer_address);
  CHECK_FALSE(socket.peer_port);
  CHECK(text_of(socket, "peer") == "*");
  CHECK(text_of(socket, "peer_address") == "-");
}

TEST_CASE("a state that no table knows is absent, not wrong") {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 99;
  const auto [result, socket] = decode(bytes_of(message));
  CHECK(result == Decode::Complete);
  CHECK_FALSE(socket.state);
}

TEST_CASE("state 7 is bound-inactive for TCP and unconnected for UDP") {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 7;
  CHECK(decode(bytes_of(message)).socket.state == State::BoundInactive);
  CHECK(decode(bytes_of(message), UdpV4).socket.state == State::Unconnected);
}

TEST_CASE(
    "a wildcard IPv6 listener is dual-stack when it is not v6-only, and unknown without the attribute") {
  inet_diag_msg message{};
  message.idiag_family = AF_INET6;
  message.idiag_state = 10;
  message.id.idiag_sport = htons(443);
  const std::string bytes = bytes_of(message);
  const Socket dual = decode(bytes + attribute(INET_DIAG_SKV6ONLY, std::string(1, '\0'))).socket;
  CHECK(text_of(dual, "dual_stack") == "true");
  CHECK(text_of(dual, "local", Style::Human) == "*:443");
  CHECK(text_of(dual, "local_address") == "::");
  const Socket only = decode(bytes + attribute(INET_DIAG_SKV6ONLY, "\1")).socket;
  CHECK(text_of(only, "dual_stack") == "false");
  CHECK(text_of(only, "local", Style::Human) == "[::]:443");
  const Socket unknown = decode(bytes).socket;
  CHECK(text_of(unknown, "dual_stack") == "-");
  CHECK(text_of(unknown, "local", Style::Human) == "[::]:443");
}

TEST_CASE("a link-local address keeps the interface that it belongs to") {
  inet_diag_msg message{};
  message.idiag_family = AF_INET6;
  message.idiag_state = 10;
  message.id.idiag_src[0] = htonl(0xfe800000);
  message.id.idiag_src[3] = htonl(1);
  message.id.idiag_sport = htons(80);
  message.id.idiag_if = 3;
  const Socket socket = decode(bytes_of(message)).socket;
  CHECK(text_of(socket, "local") == "[fe80::1]%3:80");
  CHECK(socket.interface == 3u);
}

TEST_CASE("tcp_info is read as far as the kernel wrote it") {
  const Layout layouts[] = {
      {"2.6", 104, "tcp_total_retrans", "tcp_pacing_rate"},
      {"3.15", 120, "tcp_max_pacing_rate", "tcp_bytes_acked"},
      {"4.1", 136, "tcp_bytes_received", "tcp_segs_out"},
      {"4.2", 144, "tcp_segs_in", "tcp_notsent_bytes"},
      {"4.6", 160, "tcp_data_segs_out", "tcp_delivery_rate"},
      {"4.9", 168, "tcp_delivery_rate", "tcp_busy_time"},
      {"4.10", 192, "tcp_sndbuf_limited", "tcp_delivered"},
      {"4.18", 200, "tcp_delivered_ce", "tcp_bytes_sent"},
      {"4.19", 224, "tcp_reord_seen", "tcp_rcv_ooopack"},
      {"5.4", 232, "tcp_snd_wnd", "tcp_rcv_wnd"},
      {"6.2", 240, "tcp_rehash", "tcp_total_rto"},
      {"6.7", 248, "tcp_total_rto_time", "tcp_received_ce"},
  };
  for (const Layout& layout : layouts) {
    INFO("kernel " << layout.kernel);
    const auto [result, socket] =
        decode(bytes_of(tcp_connection()) + attribute(INET_DIAG_INFO, tcp_info(layout.length)));
    CHECK(result == Decode::Complete);
    CHECK(text_of(socket, layout.newest) != "-");
    CHECK(text_of(socket, layout.missing) == "-");
  }
}

TEST_CASE("a tcp_info longer than any known is read as far as it is known") {
  const Socket socket = decode(bytes_of(tcp_connection()) + attribute(INET_DIAG_INFO, tcp_info(400))).socket;
  CHECK(text_of(socket, "tcp_rtt") == std::to_string(u32_at(68)));
  CHECK(text_of(socket, "tcp_snd_cwnd") == std::to_string(u32_at(80)));
  CHECK(text_of(socket, "tcp_last_data_sent") == std::to_string(u32_at(44) * 1000));
  CHECK(text_of(socket, "tcp_received_ce") == std::to_string(u32_at(248)));
}

TEST_CASE("what the kernel writes for none is absent") {
  std::string info(248, '\0');
  const std::uint32_t infinite = 0x7fffffff;
  const std::uint32_t no_rtt = 0xffffffff;
  const std::uint64_t unlimited = ~std::uint64_t{0};
  info.replace(76, 4, bytes_of(infinite));
  info.replace(148, 4, bytes_of(no_rtt));
  info.replace(112, 8, bytes_of(unlimited));
  const Socket socket = decode(bytes_of(tcp_connection()) + attribute(INET_DIAG_INFO, info)).socket;
  CHECK(text_of(socket, "tcp_snd_ssthresh") == "-");
  CHECK(text_of(socket, "tcp_min_rtt") == "-");
  CHECK(text_of(socket, "tcp_max_pacing_rate") == "-");
  CHECK(text_of(socket, "tcp_rtt") == "-");
  CHECK(text_of(socket, "tcp_total_retrans") == "0");
}

TEST_CASE("a listener's tcp_info holds nothing of a connection") {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 10;
  const Socket socket = decode(bytes_of(message) + attribute(INET_DIAG_INFO, tcp_info(248))).socket;
  CHECK(text_of(socket, "tcp_snd_cwnd") == "-");
}

TEST_CASE("memory, congestion control and the other attributes have their fields") {
  std::string meminfo;
  for (std::uint32_t i = 1; i <= 9; ++i) append_object(meminfo, i * 100);
  const std::uint32_t mark = 0x2a;
  const Socket socket = decode(bytes_of(tcp_connection()) + attribute(INET_DIAG_SKMEMINFO, meminfo) +
                               attribute(INET_DIAG_CONG, std::string_view("cubic\0", 6)) +
                               attribute(INET_DIAG_MARK, bytes_of(mark)) + attribute(INET_DIAG_TOS, "\x10") +
                               attribute(INET_DIAG_SHUTDOWN, "\x02"))
                            .socket;
  CHECK(text_of(socket, "mem_rmem_alloc") == "100");
  CHECK(text_of(socket, "mem_backlog") == "800");
  CHECK(text_of(socket, "drops") == "900");
  CHECK(text_of(socket, "congestion_control") == "cubic");
  CHECK(text_of(socket, "mark", Style::Human) == "0x2a");
  CHECK(text_of(socket, "tos") == "16");
  CHECK(text_of(socket, "shutdown") == "send");
}

TEST_CASE("a timer that does not run is absent") {
  inet_diag_msg message = tcp_connection();
  CHECK(text_of(decode(bytes_of(message)).socket, "timer") == "-");
  message.idiag_timer = 2;
  message.idiag_expires = 1500;
  message.idiag_retrans = 3;
  const Socket socket = decode(bytes_of(message)).socket;
  CHECK(text_of(socket, "timer") == "keepalive");
  CHECK(text_of(socket, "timer_expires") == "1500000");
  CHECK(text_of(socket, "timer_retransmits") == "3");
}

TEST_CASE("an unknown attribute is passed over") {
  const auto [result, socket] = decode(bytes_of(tcp_connection()) + attribute(900, "whatever this may be"));
  CHECK(result == Decode::Complete);
  CHECK(socket.local_port == 22);
}

TEST_CASE("an attribute shorter than its number, or with a wrong length, makes the record partial") {
  CHECK(decode(bytes_of(tcp_connection()) + attribute(INET_DIAG_MARK, "\1\2")).result == Decode::Partial);
  std::string too_long = attribute(INET_DIAG_CONG, "reno");
  too_long[0] = 60;
  const auto [result, socket] = decode(bytes_of(tcp_connection()) + too_long);
  CHECK(result == Decode::Partial);
  CHECK(socket.inode == 4242u);
  std::string too_small = attribute(INET_DIAG_CONG, "reno");
  too_small[0] = 3;
  CHECK(decode(bytes_of(tcp_connection()) + too_small).result == Decode::Partial);
}

TEST_CASE("a message cut at any byte is malformed or partial, never wrong") {
  const std::string whole = bytes_of(tcp_connection()) + attribute(INET_DIAG_INFO, tcp_info(248)) +
                            attribute(INET_DIAG_MARK, bytes_of(std::uint32_t{1}));
  CHECK(decode(whole).result == Decode::Complete);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // A copy of exactly this size, so that a read past its end is seen by the address sanitizer.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto [result, socket] = decode({cut.data(), cut.size()});
    if (length < sizeof(inet_diag_msg)) {
      CHECK(result == Decode::Malformed);
      continue;
    }
    CHECK(result != Decode::Malformed);
    CHECK(socket.local_port == 22);
  }
}

TEST_CASE("a message of another family is malformed") {
  inet_diag_msg message = tcp_connection();
  message.idiag_family = AF_UNIX;
  CHECK(decode(bytes_of(message)).result == Decode::Malformed);
}

TEST_CASE("the request asks for the attributes that are needed, and no others") {
  const auto request = [](Needs needs, StateSet states, const SocketKind& kind) {
    std::string bytes;
    inet::append_request(bytes, kind, {states, needs});
    return *load<inet_diag_req_v2>(as_bytes(bytes));
  };
  CHECK(request(Needs::Nothing, StateSet::all(), TcpV4).idiag_ext == 0);
  CHECK(request(Needs::TcpInfo | Needs::MemInfo, StateSet::all(), TcpV4).idiag_ext ==
        ((1 << (INET_DIAG_INFO - 1)) | (1 << (INET_DIAG_SKMEMINFO - 1))));
  CHECK(request(Needs::Nothing, {State::Listen}, TcpV4).idiag_states == 1u << 10);
  CHECK(request(Needs::Nothing, {State::SynRecv}, TcpV4).idiag_states == ((1u << 3) | (1u << 12)));
  CHECK(request(Needs::Nothing, {State::Unconnected}, UdpV4).idiag_states == 1u << 7);
  CHECK(request(Needs::Nothing, {State::Closed}, UdpV4).idiag_states == 0);
  CHECK(request(Needs::Nothing, StateSet::all(), UdpV4).sdiag_protocol == IPPROTO_UDP);
  CHECK(request(Needs::Nothing, StateSet::all(), {Family::Inet6, Protocol::Tcp}).sdiag_family == AF_INET6);
}

}  // namespace sockutils::test::inet_diag_test
