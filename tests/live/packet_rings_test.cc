#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::packet_rings_test {
namespace {

UniqueFd make_packet_socket(int ether_type = ETH_P_ALL) {
  return make_socket(AF_PACKET, SOCK_RAW, htons(static_cast<std::uint16_t>(ether_type)));
}

std::string number_text(std::uint64_t number) { return std::to_string(number); }

TEST_CASE("a packet socket's ring is listed as it was asked for") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_packet_socket();
  CHECK(find_row(fd, Source::Netlink)["packet_rx_ring"] == Absent);
  set_option(fd, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3});
  tpacket_req3 request{};
  request.tp_block_size = 1 << 16;
  request.tp_block_nr = 4;
  request.tp_frame_size = 2048;
  request.tp_frame_nr = request.tp_block_size / request.tp_frame_size * request.tp_block_nr;
  request.tp_retire_blk_tov = 60;
  request.tp_sizeof_priv = 16;
  request.tp_feature_req_word = TP_FT_REQ_FILL_RXHASH;
  set_option(fd, SOL_PACKET, PACKET_RX_RING, request);
  const SocketRow row = find_row(fd, Source::Netlink);
  INFO(row.to_string());
  CHECK(row["packet_version"] == "v3");
  CHECK(row["packet_rx_block_size"] == number_text(request.tp_block_size));
  CHECK(row["packet_rx_blocks"] == number_text(request.tp_block_nr));
  CHECK(row["packet_rx_frame_size"] == number_text(request.tp_frame_size));
  CHECK(row["packet_rx_frames"] == number_text(request.tp_frame_nr));
  CHECK(row["packet_rx_ring"] == number_text(std::uint64_t{request.tp_block_size} * request.tp_block_nr));
  CHECK(row["packet_rx_timeout"] == "60000");
  CHECK(row["packet_rx_private"] == "16");
  CHECK(row["packet_rx_features"] == number_text(TP_FT_REQ_FILL_RXHASH));
  CHECK(row["packet_tx_ring"] == Absent);
}

TEST_CASE("a packet socket's ring for sending is listed apart") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_packet_socket(0);
  const tpacket_req request{4096, 8, 2048, 16};
  set_option(fd, SOL_PACKET, PACKET_TX_RING, request);
  const SocketRow row = find_row(fd, Source::Netlink);
  CHECK(row["packet_version"] == "v1");
  CHECK(row["packet_tx_ring"] == "32768");
  CHECK(row["packet_tx_block_size"] == "4096");
  CHECK(row["packet_tx_blocks"] == "8");
  CHECK(row["packet_tx_frame_size"] == "2048");
  CHECK(row["packet_tx_frames"] == "16");
  CHECK(row["packet_rx_ring"] == Absent);
}

TEST_CASE("packet sockets that share what arrives are listed with their group") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd alone = make_packet_socket();
  const UniqueFd first = make_packet_socket();
  const UniqueFd second = make_packet_socket();
  constexpr int Group = 4711;
  for (const UniqueFd* fd : {&first, &second})
    set_option(*fd, SOL_PACKET, PACKET_FANOUT, Group | PACKET_FANOUT_LB << 16);
  for (const UniqueFd* fd : {&first, &second}) {
    const SocketRow row = find_row(*fd, Source::Netlink);
    CHECK(row["packet_fanout_id"] == "4711");
    CHECK(row["packet_fanout_mode"] == "load-balance");
  }
  CHECK(find_row(alone, Source::Netlink)["packet_fanout_id"] == Absent);
}

TEST_CASE("what a packet socket has an interface receive is listed") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_packet_socket();
  CHECK(find_row(fd, Source::Netlink)["packet_promiscuous"] == "false");
  const unsigned lo = if_nametoindex("lo");
  const packet_mreq group{static_cast<int>(lo), PACKET_MR_MULTICAST, 6, {1, 0, 0x5e, 0, 0, 0xfb, 0, 0}};
  set_option(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, group);
  const std::string joined = "multicast:01:00:5e:00:00:fb%" + std::to_string(lo);
  const SocketRow member = find_row(fd, Source::Netlink);
  CHECK(member["packet_memberships"] == joined);
  CHECK(member["packet_promiscuous"] == "false");
  const packet_mreq all{static_cast<int>(lo), PACKET_MR_PROMISC, 0, {}};
  set_option(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, all);
  const SocketRow sniffer = find_row(fd, Source::Netlink);
  CHECK(sniffer["packet_promiscuous"] == "true");
  CHECK(sniffer["packet_memberships"].find(joined) != std::string::npos);
  CHECK(sniffer["packet_memberships"].find("promiscuous%" + std::to_string(lo)) != std::string::npos);
}

TEST_CASE("a packet socket's switches are listed") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd idle = make_packet_socket(0);
  CHECK(find_row(idle, Source::Netlink)["packet_flags"] == "");
  const UniqueFd fd = make_packet_socket();
  CHECK(find_row(fd, Source::Netlink)["packet_flags"] == "running");
  for (const int switched : {PACKET_AUXDATA, PACKET_ORIGDEV, PACKET_VNET_HDR, PACKET_LOSS})
    set_option(fd, SOL_PACKET, switched, 1);
  set_option(fd, SOL_PACKET, PACKET_RESERVE, 24);
  set_option(fd, SOL_PACKET, PACKET_COPY_THRESH, 3);
  const SocketRow row = find_row(fd, Source::Netlink);
  CHECK(row["packet_flags"] == "running,auxdata,origdev,vnethdr,loss");
  CHECK(row["packet_reserve"] == "24");
  CHECK(row["packet_copy_threshold"] == "3");
  CHECK(find_row(fd, Source::Proc)["packet_flags"] == Absent);
}

TEST_CASE("a packet socket's filter has the size that it was attached with") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_packet_socket();
  CHECK(find_row(fd, Source::Netlink)["packet_filter_size"] == Absent);
  make_deaf(fd);
  const SocketRow row = find_row(fd, Source::Netlink);
  CHECK(row["packet_filter_size"] == "8");
  CHECK(row["packet_filter"] == "ret #0");
}

}  // namespace
}  // namespace sockutils::test::packet_rings_test
