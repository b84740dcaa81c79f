#include <linux/tipc_netlink.h>
#include <linux/tipc_sockets_diag.h>
#include <sys/socket.h>

#include "family/tipc.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::tipc_test {
namespace {

constexpr SocketKind Tipc{Family::Tipc, {}};

std::string number(unsigned type, std::uint32_t value) { return attribute(type, bytes_of(value)); }

/// What every socket has, in the kernel's order (net/tipc/socket.c, tipc_sk_fill_sock_diag).
std::string identity(std::uint32_t type, std::uint32_t state) {
  return number(TIPC_NLA_SOCK_REF, 3906) + number(TIPC_NLA_SOCK_ADDR, 0x1001002) +
         number(TIPC_NLA_SOCK_TYPE, type) + number(TIPC_NLA_SOCK_TIPC_STATE, state) +
         number(TIPC_NLA_SOCK_INO, 99) + number(TIPC_NLA_SOCK_UID, 1000) +
         attribute(TIPC_NLA_SOCK_COOKIE, bytes_of(std::uint64_t{0x100000007}));
}

std::string tipc_message(const std::string& attributes) { return attribute(TIPC_NLA_SOCK, attributes); }

Socket tipc_socket(const std::string& attributes, Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(tipc::decode(as_bytes(tipc_message(attributes)), Tipc, socket) == expected);
  return socket;
}

}  // namespace

TEST_CASE("a TIPC listener has its node, number, user and queues") {
  const Socket socket = tipc_socket(identity(SOCK_STREAM, 10) + attribute(TIPC_NLA_SOCK_HAS_PUBL, "") +
                                    attribute(TIPC_NLA_SOCK_STAT, number(TIPC_NLA_SOCK_STAT_RCVQ, 2) +
                                                                      number(TIPC_NLA_SOCK_STAT_SENDQ, 3) +
                                                                      number(TIPC_NLA_SOCK_STAT_DROP, 4)));
  CHECK(socket.family == Family::Tipc);
  CHECK(socket.protocol == Protocol::Stream);
  CHECK(socket.state == State::Listen);
  CHECK(socket.inode == 99u);
  CHECK(socket.uid == 1000u);
  CHECK(socket.cookie == 0x100000007u);
  CHECK(socket.recv_queue == 2u);
  CHECK(socket.send_queue == 3u);
  CHECK(text_of(socket, "drops") == "4");
  CHECK(text_of(socket, "local") == "1001002:3906");
  CHECK(text_of(socket, "peer") == "*");
  CHECK(text_of(socket, "tipc_node") == "1001002");
  CHECK(text_of(socket, "tipc_port") == "3906");
  CHECK(text_of(socket, "tipc_published") == "true");
  CHECK(text_of(socket, "tipc_link_congested") == "false");
  CHECK(text_of(socket, "tipc_peer_port") == "-");
  CHECK(text_of(socket, "tipc_group") == "-");
  CHECK(text_of(socket, "tipc_group_open") == "-");
}

TEST_CASE("a TIPC connection has its peer, the service it went to, and congestion") {
  const Socket socket = tipc_socket(
      identity(SOCK_SEQPACKET, 1) +
      attribute(TIPC_NLA_SOCK_CON, number(TIPC_NLA_CON_NODE, 0x1001003) + number(TIPC_NLA_CON_SOCK, 17) +
                                       attribute(TIPC_NLA_CON_FLAG, "") + number(TIPC_NLA_CON_TYPE, 18888) +
                                       number(TIPC_NLA_CON_INST, 5)) +
      attribute(TIPC_NLA_SOCK_STAT,
                attribute(TIPC_NLA_SOCK_STAT_LINK_CONG, "") + attribute(TIPC_NLA_SOCK_STAT_CONN_CONG, "")));
  CHECK(socket.protocol == Protocol::Seqpacket);
  CHECK(socket.state == State::Established);
  CHECK(text_of(socket, "peer") == "1001003:17");
  CHECK(text_of(socket, "tipc_peer_node") == "1001003");
  CHECK(text_of(socket, "tipc_peer_port") == "17");
  CHECK(text_of(socket, "tipc_service_type") == "18888");
  CHECK(text_of(socket, "tipc_service_instance") == "5");
  CHECK(text_of(socket, "tipc_link_congested") == "true");
  CHECK(text_of(socket, "tipc_peer_congested") == "true");
}

TEST_CASE("a TIPC datagram socket is not closed, and can be a member of a group") {
  const Socket socket =
      tipc_socket(identity(SOCK_RDM, 7) +
                  attribute(TIPC_NLA_SOCK_GROUP, number(TIPC_NLA_SOCK_GROUP_ID, 4711) +
                                                     number(TIPC_NLA_SOCK_GROUP_INSTANCE, 3) +
                                                     attribute(TIPC_NLA_SOCK_GROUP_OPEN, "") +
                                                     attribute(TIPC_NLA_SOCK_GROUP_CLUSTER_SCOPE, "")));
  CHECK(socket.state == State::Unconnected);
  CHECK(text_of(socket, "protocol") == "rdm");
  CHECK(text_of(socket, "tipc_group") == "4711");
  CHECK(text_of(socket, "tipc_group_instance") == "3");
  CHECK(text_of(socket, "tipc_group_scope") == "cluster");
  CHECK(text_of(socket, "tipc_group_open") == "true");
  CHECK(tipc_socket(identity(SOCK_STREAM, 7)).state == State::Closed);
}

TEST_CASE("flags of TIPC are absent for sockets of other families") {
  CHECK(text_of(Socket{}, "tipc_published") == "-");
  CHECK(text_of(Socket{}, "tipc_link_congested") == "-");
}

TEST_CASE("a TIPC message cut at any byte is malformed or partial") {
  const std::string whole = tipc_message(identity(SOCK_STREAM, 10));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    Socket socket;
    CHECK(tipc::decode(as_bytes({cut.data(), cut.size()}), Tipc, socket) == Decode::Malformed);
  }
  // An attribute inside that is too short leaves the socket readable.
  tipc_socket(
      identity(SOCK_STREAM, 10) + attribute(TIPC_NLA_SOCK_STAT, attribute(TIPC_NLA_SOCK_STAT_RCVQ, "x")),
      Decode::Partial);
  Socket socket;
  CHECK(tipc::decode(as_bytes(tipc_message(identity(77, 10))), Tipc, socket) == Decode::Malformed);
}

TEST_CASE("TIPC sockets are asked for by the kernel's states") {
  std::string request;
  tipc::append_request(request, Tipc, {StateSet{State::Established, State::Closed}, Needs::Nothing});
  const auto message = load<tipc_sock_diag_req>(as_bytes(request)).value();
  CHECK(message.sdiag_family == AF_TIPC);
  CHECK(message.tidiag_states == ((1u << 1) | (1u << 7)));
}

}  // namespace sockutils::test::tipc_test
