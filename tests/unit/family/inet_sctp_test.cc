#include <linux/inet_diag.h>
#include <netinet/in.h>
// It uses names of the header before.
#include <linux/sctp.h>

#include "family/inet/inet.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::inet_sctp_test {
namespace {

constexpr SocketKind SctpV4{Family::Inet, Protocol::Sctp};

std::string address_v4(std::uint32_t host_order) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(host_order);
  std::memcpy(&storage, &v4, sizeof v4);
  return bytes_of(storage);
}

std::string address_v6(std::uint8_t last, std::uint32_t scope = 0) {
  sockaddr_storage storage{};
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr.s6_addr[0] = scope != 0 ? 0xfe : 0x20;
  v6.sin6_addr.s6_addr[1] = scope != 0 ? 0x80 : 0x01;
  v6.sin6_addr.s6_addr[15] = last;
  v6.sin6_scope_id = scope;
  std::memcpy(&storage, &v6, sizeof v6);
  return bytes_of(storage);
}

Socket decoded(const inet_diag_msg& message, const std::string& attributes) {
  Socket socket;
  CHECK(inet::decode(as_bytes(bytes_of(message) + attributes), SctpV4, socket) == Decode::Complete);
  return socket;
}

std::string two_locals() {
  return attribute(INET_DIAG_LOCALS, address_v4(0x0a000001) + address_v4(0xc0000207));
}
std::string two_peers() { return attribute(INET_DIAG_PEERS, address_v4(0xc6336404) + address_v6(7)); }

}  // namespace

TEST_CASE("an SCTP association lists all addresses of both sides, and has its own states") {
  inet_diag_msg message = tcp_connection();
  struct Expected {
    std::uint8_t number;
    State state;
    std::string_view name;
  };
  for (const auto& [number, state, name] :
       {Expected{1, State::SynSent, "cookie-wait"}, Expected{2, State::SynSent, "cookie-echoed"},
        Expected{3, State::Established, "established"}, Expected{4, State::FinWait1, "shutdown-pending"},
        Expected{5, State::FinWait2, "shutdown-sent"}, Expected{6, State::CloseWait, "shutdown-received"},
        Expected{7, State::LastAck, "shutdown-ack-sent"}}) {
    message.idiag_state = number;
    const Socket socket = decoded(message, two_locals() + two_peers());
    INFO(name);
    CHECK(text_of(socket, "protocol") == "sctp");
    CHECK(socket.state == state);
    CHECK(text_of(socket, "sctp_state") == name);
    CHECK(text_of(socket, "local_addresses") == "10.0.0.1,192.0.2.7");
    CHECK(text_of(socket, "peer_addresses") == "198.51.100.4,2001::7");
    CHECK(socket.inode == 4242u);
  }
}

TEST_CASE("an SCTP end point is no association, and its state is that of a socket") {
  inet_diag_msg message = tcp_connection();
  message.id.idiag_dst[0] = 0;
  message.id.idiag_dport = 0;
  message.idiag_state = 10;
  const Socket listener = decoded(message, two_locals());
  CHECK(listener.state == State::Listen);
  CHECK(text_of(listener, "sctp_state") == "-");
  CHECK(text_of(listener, "local_addresses") == "10.0.0.1,192.0.2.7");
  CHECK(text_of(listener, "peer_addresses") == "-");
  message.idiag_state = 7;
  CHECK(decoded(message, two_locals()).state == State::Unconnected);
}

TEST_CASE("the associations of one SCTP socket are told apart from it and from one another") {
  const inet_diag_msg message = tcp_connection();
  const Socket end_point = decoded(message, two_locals());
  const Socket one = decoded(message, two_locals() + two_peers());
  const Socket again = decoded(message, two_locals() + two_peers());
  const Socket other = decoded(message, two_locals() + attribute(INET_DIAG_PEERS, address_v4(1)));
  CHECK(end_point.cookie == one.cookie);
  CHECK(end_point.part == 0);
  CHECK(one.part != 0);
  CHECK(one.part == again.part);
  CHECK(one.part != other.part);
}

TEST_CASE("a link-local SCTP address keeps the interface that it belongs to") {
  const Socket socket = decoded(tcp_connection(), attribute(INET_DIAG_PEERS, address_v6(1, 3)));
  CHECK(text_of(socket, "peer_addresses") == "fe80::1%3");
}

TEST_CASE("sctp_info tells of the association, or of the socket") {
  sctp_info info{};
  info.sctpi_tag = 0xabc;
  info.sctpi_rwnd = 65536;
  info.sctpi_instrms = 10;
  info.sctpi_opackets = 1'000'000;
  info.sctpi_p_state = 2;
  info.sctpi_p_rto = 1000;
  info.sctpi_p_flight_size = 1200;
  info.sctpi_s_autoclose = 5;
  info.sctpi_s_nodelay = 1;
  info.sctpi_s_type = 2;
  const std::string attribute_info = attribute(INET_DIAG_INFO, bytes_of(info));
  const Socket association = decoded(tcp_connection(), attribute_info + two_locals() + two_peers());
  CHECK(text_of(association, "sctp_tag", Style::Human) == "0xabc");
  CHECK(text_of(association, "sctp_rwnd") == "65536");
  CHECK(text_of(association, "sctp_in_streams") == "10");
  CHECK(text_of(association, "sctp_packets_out") == "1000000");
  CHECK(text_of(association, "sctp_path_state") == "active");
  CHECK(text_of(association, "sctp_path_rto") == "1000000");
  CHECK(text_of(association, "sctp_path_flight_size") == "1200");
  CHECK(text_of(association, "sctp_nodelay") == "-");
  CHECK(text_of(association, "tcp_snd_cwnd") == "-");
  const Socket end_point = decoded(tcp_connection(), attribute_info + two_locals());
  CHECK(text_of(end_point, "sctp_autoclose") == "5000000");
  CHECK(text_of(end_point, "sctp_nodelay") == "true");
  CHECK(text_of(end_point, "sctp_disable_fragments") == "false");
  CHECK(text_of(end_point, "sctp_type") == "one-to-one");
  CHECK(text_of(end_point, "sctp_rwnd") == "-");
}

TEST_CASE("the timer of an SCTP association is that of retransmission") {
  inet_diag_msg message = tcp_connection();
  message.idiag_timer = 4;
  message.idiag_expires = 300;
  const Socket socket = decoded(message, two_peers());
  CHECK(text_of(socket, "timer") == "on");
  CHECK(text_of(socket, "timer_expires") == "300000");
}

TEST_CASE("SCTP addresses that are cut or of another family make the record partial") {
  const auto result = [](const std::string& addresses) {
    Socket socket;
    const std::string bytes = bytes_of(tcp_connection()) + attribute(INET_DIAG_PEERS, addresses);
    const Decode decode = inet::decode(as_bytes(bytes), SctpV4, socket);
    CHECK(text_of(socket, "peer_addresses") == "198.51.100.4");
    return decode;
  };
  const std::string one = address_v4(0xc6336404);
  CHECK(result(one) == Decode::Complete);
  CHECK(result(one + one.substr(0, 60)) == Decode::Partial);
  CHECK(result(one + std::string(128, '\x55')) == Decode::Partial);
}

TEST_CASE("SCTP is asked for end points, for associations, or for both") {
  const auto states = [](StateSet set) {
    std::string request;
    inet::append_request(request, SctpV4, {set, Needs::Nothing});
    CHECK(load<inet_diag_req_v2>(as_bytes(request))->sdiag_protocol == IPPROTO_SCTP);
    return load<inet_diag_req_v2>(as_bytes(request))->idiag_states;
  };
  constexpr std::uint32_t Listen = 1u << 10;
  constexpr std::uint32_t Closed = 1u << 7;
  CHECK(states({State::Listen}) == Listen);
  CHECK(states({State::Unconnected}) == Listen);
  CHECK((states({State::Established}) & Listen) == 0);
  CHECK((states({State::Established}) & ~(Listen | Closed)) != 0);
  CHECK((states(StateSet::all()) & Listen) != 0);
}

}  // namespace sockutils::test::inet_sctp_test
