#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::packet_test {
namespace {

std::string queued_bytes(const UniqueFd& fd) {
  return std::to_string(option<std::array<std::uint32_t, 9>>(fd, SOL_SOCKET, SO_MEMINFO)[0]);
}

TEST_CASE("packet sockets, raw and cooked, are listed with what they receive") {
  REQUIRE_PRIVATE_NETWORK();
  struct Kind {
    int type;
    int ether_type;
    const char* shown;
  };
  for (const Kind& kind : {Kind{SOCK_RAW, ETH_P_ALL, "all"}, Kind{SOCK_DGRAM, ETH_P_IP, "ip"},
                           Kind{SOCK_RAW, 0x88b5, "0x88b5"}, Kind{SOCK_DGRAM, 0, "none"}}) {
    const auto protocol = htons(static_cast<std::uint16_t>(kind.ether_type));
    const UniqueFd fd = make_socket(AF_PACKET, kind.type, protocol);
    for (const Source source : BothSources)
      CHECK(check_core_facts(fd, "unconnected", source)["packet_protocol"] == kind.shown);
  }
}

TEST_CASE("a packet socket that is bound to an interface is listed with it") {
  REQUIRE_PRIVATE_NETWORK();
  const auto lo = static_cast<int>(if_nametoindex("lo"));
  const UniqueFd fd = make_socket(AF_PACKET, SOCK_RAW, 0);
  bind_to(fd, SocketAddress::packet(ETH_P_ARP, lo));
  for (const Source source : BothSources) {
    const SocketRow row = check_core_facts(fd, "unconnected", source);
    CHECK(row["interface"] == "lo");
    CHECK(row["local"] == "arp:lo");
  }
}

TEST_CASE("packets that wait are a packet socket's receive queue") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  const UniqueFd receiver = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(receiver, loopback(AF_INET));
  const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(sender, SocketAddress::local_of(receiver.get()));
  send_text(sender, "seen twice on loopback");
  // Packet sockets get theirs before: once it is here, no other packet is on its way.
  char byte = 0;
  REQUIRE(::read(receiver.get(), &byte, 1) == 1);
  CHECK(queued_bytes(fd) != "0");
  for (const Source source : BothSources)
    check_core_facts(fd, "unconnected", source, {{"recv_queue", queued_bytes(fd)}});
}

TEST_CASE("packets that find no room are counted as a packet socket's drops") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  set_option(fd, SOL_SOCKET, SO_RCVBUF, 2048);
  const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(sender, loopback(AF_INET, 9));
  for (int i = 0; i < 50; ++i) static_cast<void>(send(sender.get(), "packet", 6, MSG_NOSIGNAL));
  const auto drops = [&] { return option<std::array<std::uint32_t, 9>>(fd, SOL_SOCKET, SO_MEMINFO)[8]; };
  REQUIRE(eventually([&] { return drops() > 0; }));
  check_core_facts(fd, "unconnected", Source::Netlink, {{"drops", std::to_string(drops())}});
}

}  // namespace
}  // namespace sockutils::test::packet_test
