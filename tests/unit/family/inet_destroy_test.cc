#include "family/inet/destroy.h"

#include <linux/inet_diag.h>

#include "family/inet/inet.h"
#include "support/catch.h"
#include "support/diag_messages.h"

namespace sockutils::test::inet_destroy_test {
namespace {

/// As sock_diag_broadcast_destroy_work() sends it: state 7, no inode, no uid.
std::string destroyed(std::uint8_t ip_protocol) {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 7;
  message.idiag_uid = 0;
  message.idiag_inode = 0;
  return bytes_of(message) + attribute(INET_DIAG_PROTOCOL, bytes_of(ip_protocol)) +
         attribute(INET_DIAG_INFO, std::string(248, '\1'));
}

TEST_CASE("the kernel's word of an end has cookie, ends and the last counters, and no owner") {
  Socket socket;
  const std::string bytes = destroyed(IPPROTO_TCP);
  REQUIRE(inet::decode_destroyed(as_bytes(bytes), socket) == Decode::Complete);
  CHECK(socket.protocol == Protocol::Tcp);
  CHECK(socket.state == State::Closed);
  CHECK(socket.cookie == (std::uint64_t{2} << 32 | 0x1001));
  CHECK(socket.local_port == 22);
  CHECK(socket.peer_port == 51022);
  CHECK_FALSE(socket.uid);
  CHECK_FALSE(socket.inode);
  CHECK(socket.facts.bytes(inet::TcpInfo)->size() == 248);
}

TEST_CASE("the protocol of a socket that is gone is in an attribute") {
  Socket socket;
  const std::string udp = destroyed(IPPROTO_UDP);
  REQUIRE(inet::decode_destroyed(as_bytes(udp), socket) == Decode::Complete);
  CHECK(socket.protocol == Protocol::Udp);
  socket.clear();
  const std::string unknown = destroyed(IPPROTO_SCTP);
  CHECK(inet::decode_destroyed(as_bytes(unknown), socket) == Decode::Malformed);
  const std::string without = bytes_of(tcp_connection());
  CHECK(inet::decode_destroyed(as_bytes(without), socket) == Decode::Malformed);
}

TEST_CASE(
    "the kernel's count of what a UDP socket that is gone has to send is nothing, not its largest number") {
  inet_diag_msg message = tcp_connection();
  message.idiag_rqueue = 30832;
  message.idiag_wqueue = UINT32_MAX;
  const std::uint8_t protocol = IPPROTO_UDP;
  const std::string bytes = bytes_of(message) + attribute(INET_DIAG_PROTOCOL, bytes_of(protocol));
  Socket socket;
  REQUIRE(inet::decode_destroyed(as_bytes(bytes), socket) == Decode::Complete);
  CHECK(socket.send_queue == 0);
  CHECK(socket.recv_queue == 30832);
}

TEST_CASE("the word of an end may be cut anywhere") {
  const std::string whole = destroyed(IPPROTO_TCP);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Socket socket;
    const Decode decoded =
        inet::decode_destroyed(as_bytes(std::string_view(whole).substr(0, length)), socket);
    // Whole with nothing but the first attribute, with or without its padding.
    const bool first_only = length >= sizeof(inet_diag_msg) + 5 && length <= sizeof(inet_diag_msg) + 8;
    CHECK((decoded == Decode::Complete) == first_only);
  }
}

TEST_CASE("a request to close carries the ends and the cookie") {
  SocketIdentity identity;
  identity.family = Family::Inet6;
  identity.protocol = Protocol::Udp;
  identity.cookie = 0x0000000200001001;
  identity.local_address = *Address::parse("2001:db8::7");
  identity.peer_address = *Address::parse("2001:db8::8");
  identity.local_port = 22;
  identity.peer_port = 51022;
  identity.interface = 3;
  std::string bytes;
  inet::append_destroy_request(bytes, identity);
  const auto request = load<inet_diag_req_v2>(as_bytes(bytes));
  REQUIRE(request);
  CHECK(bytes.size() == sizeof(inet_diag_req_v2));
  CHECK(request->sdiag_family == AF_INET6);
  CHECK(request->sdiag_protocol == IPPROTO_UDP);
  CHECK(ntohs(request->id.idiag_sport) == 22);
  CHECK(ntohs(request->id.idiag_dport) == 51022);
  CHECK(request->id.idiag_src[0] == htonl(0x20010db8));
  CHECK(request->id.idiag_dst[3] == htonl(8));
  CHECK(request->id.idiag_if == 3);
  CHECK(request->id.idiag_cookie[0] == 0x1001);
  CHECK(request->id.idiag_cookie[1] == 2);
}

}  // namespace
}  // namespace sockutils::test::inet_destroy_test
