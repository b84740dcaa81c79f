#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::udp_test {
namespace {

bool kernel_has_udplite() { return UniqueFd(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)).get() >= 0; }

void check_datagram_socket(int family, int protocol) {
  const UniqueFd receiver = make_socket(family, SOCK_DGRAM, protocol);
  bind_to(receiver, loopback(family));
  const UniqueFd sender = make_socket(family, SOCK_DGRAM, protocol);
  connect_to(sender, SocketAddress::local_of(receiver.get()));
  for (const Source source : BothSources) {
    const SocketRow unconnected =
        check_core_facts(receiver, "unconnected", source, {{"recv_queue", "0"}, {"send_queue", "0"}});
    CHECK(unconnected["peer_address"] == Absent);
    CHECK(unconnected["peer_port"] == Absent);
    check_core_facts(sender, "established", source);
  }
}

TEST_CASE("UDP sockets are listed with a peer when they are connected, and without when not") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) check_datagram_socket(family, IPPROTO_UDP);
}

TEST_CASE("UDP-Lite sockets are listed as such") {
  REQUIRE_PRIVATE_NETWORK();
  if (!kernel_has_udplite()) SKIP_OUT_LOUD("this kernel has no UDP-Lite");
  for (const int family : {AF_INET, AF_INET6}) check_datagram_socket(family, IPPROTO_UDPLITE);
}

TEST_CASE("a UDP socket's receive queue is the memory that waits to be read") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd receiver = make_socket(family, SOCK_DGRAM);
    bind_to(receiver, loopback(family));
    const UniqueFd sender = make_socket(family, SOCK_DGRAM);
    connect_to(sender, SocketAddress::local_of(receiver.get()));
    for (int i = 0; i < 3; ++i) send_text(sender, "datagram");
    const auto waiting = [&] {
      return option<std::array<std::uint32_t, SK_MEMINFO_VARS>>(receiver, SOL_SOCKET,
                                                                SO_MEMINFO)[SK_MEMINFO_RMEM_ALLOC];
    };
    REQUIRE(eventually([&] { return waiting() > 3 * sizeof("datagram"); }));
    for (const Source source : BothSources)
      check_core_facts(receiver, "unconnected", source, {{"recv_queue", std::to_string(waiting())}});
  }
}

TEST_CASE("datagrams that find no room are counted as drops") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd receiver = make_socket(AF_INET, SOCK_DGRAM);
  set_option(receiver, SOL_SOCKET, SO_RCVBUF, 2048);
  bind_to(receiver, loopback(AF_INET));
  const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(sender, SocketAddress::local_of(receiver.get()));
  constexpr int Sent = 40;
  for (int i = 0; i < Sent; ++i) send_text(sender, std::string(500, 'x'));
  int received = 0;
  std::array<char, 1000> buffer{};
  while (recv(receiver.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) ++received;
  REQUIRE(received < Sent);
  // What was dropped stays counted after the rest was read.
  for (const Source source : BothSources)
    check_core_facts(receiver, "unconnected", source, {{"drops", std::to_string(Sent - received)}});
}

TEST_CASE("a wildcard UDP socket over IPv6 tells whether it takes IPv4 too") {
  REQUIRE_PRIVATE_NETWORK();
  for (const bool v6_only : {false, true}) {
    const UniqueFd fd = make_socket(AF_INET6, SOCK_DGRAM);
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only ? 1 : 0);
    bind_to(fd, SocketAddress::v6("::"));
    const SocketRow row = check_core_facts(fd, "unconnected", Source::Netlink);
    CHECK(row["v6_only"] == (v6_only ? "true" : "false"));
    CHECK(row["dual_stack"] == (v6_only ? "false" : "true"));
    CHECK(check_core_facts(fd, "unconnected", Source::Proc)["v6_only"] == Absent);
  }
}

TEST_CASE("a UDP socket that is bound to an interface is listed with it") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_INET, SOCK_DGRAM);
  set_option_text(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo");
  bind_to(fd, SocketAddress::v4("0.0.0.0"));
  CHECK(check_core_facts(fd, "unconnected", Source::Netlink)["interface"] == "lo");
}

}  // namespace
}  // namespace sockutils::test::udp_test
