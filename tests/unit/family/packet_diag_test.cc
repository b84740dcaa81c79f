#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include "family/packet.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::packet_diag_test {
namespace {

constexpr SocketKind Packet{Family::Packet, {}};

std::string packet_message() {
  packet_diag_msg message{};
  message.pdiag_family = AF_PACKET;
  message.pdiag_type = SOCK_RAW;
  message.pdiag_num = 3;
  message.pdiag_ino = 55;
  return bytes_of(message);
}

Socket packet_socket(const std::string& attributes, Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(packet::decode(as_bytes(packet_message() + attributes), Packet, socket) == expected);
  return socket;
}

std::uint32_t shown(Needs needs) {
  std::string request;
  packet::append_request(request, Packet, {StateSet::all(), needs});
  return load<packet_diag_req>(as_bytes(request)).value().pdiag_show;
}

constexpr packet_diag_ring Ring{4096, 16, 2048, 32, 60, 8, 1};

std::string membership(std::uint16_t type, std::string_view address) {
  packet_diag_mclist entry{};
  entry.pdmc_index = 2;
  entry.pdmc_count = 1;
  entry.pdmc_type = type;
  entry.pdmc_alen = static_cast<std::uint16_t>(address.size());
  std::copy(address.begin(), address.end(), entry.pdmc_addr);
  return bytes_of(entry);
}

}  // namespace

TEST_CASE("of a packet socket only what is wanted is asked for") {
  constexpr std::uint32_t Always = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO;
  CHECK(shown(Needs::Nothing) == Always);
  CHECK(shown(Needs::PacketRings) == (Always | PACKET_SHOW_RING_CFG));
  CHECK(shown(Needs::PacketFanout) == (Always | PACKET_SHOW_FANOUT));
  CHECK(shown(Needs::PacketMembers | Needs::PacketFilter) ==
        (Always | PACKET_SHOW_MCLIST | PACKET_SHOW_FILTER));
}

TEST_CASE("a packet socket has the version, the switches and the rings that the kernel tells") {
  const packet_diag_info info{2, TPACKET_V3, 16, 10, 0x44, PDI_RUNNING | PDI_VNETHDR | PDI_LOSS};
  packet_diag_ring sending = Ring;
  sending.pdr_block_nr = 2;
  const Socket socket = packet_socket(attribute(PACKET_DIAG_INFO, bytes_of(info)) +
                                      attribute(PACKET_DIAG_RX_RING, bytes_of(Ring)) +
                                      attribute(PACKET_DIAG_TX_RING, bytes_of(sending)));
  CHECK(text_of(socket, "packet_version") == "v3");
  CHECK(text_of(socket, "packet_flags") == "running,vnethdr,loss");
  CHECK(text_of(socket, "packet_reserve") == "16");
  CHECK(text_of(socket, "packet_copy_threshold") == "10");
  CHECK(text_of(socket, "packet_timestamp", Style::Human) == "0x44");
  CHECK(text_of(socket, "packet_rx_ring") == "65536");
  CHECK(text_of(socket, "packet_rx_block_size") == "4096");
  CHECK(text_of(socket, "packet_rx_blocks") == "16");
  CHECK(text_of(socket, "packet_rx_frame_size") == "2048");
  CHECK(text_of(socket, "packet_rx_frames") == "32");
  CHECK(text_of(socket, "packet_rx_timeout", Style::Human) == "60ms");
  CHECK(text_of(socket, "packet_rx_private") == "8");
  CHECK(text_of(socket, "packet_rx_features") == "1");
  CHECK(text_of(socket, "packet_tx_ring") == "8192");
  CHECK(text_of(socket, "packet_tx_blocks") == "2");
}

TEST_CASE("a packet socket without a ring, a group or members has none rather than zero") {
  const Socket socket = packet_socket(attribute(PACKET_DIAG_INFO, bytes_of(packet_diag_info{})));
  for (const char* field : {"packet_rx_ring", "packet_tx_frames", "packet_fanout_id", "packet_fanout_mode",
                            "packet_memberships", "packet_promiscuous", "packet_filter_size"}) {
    INFO(field);
    CHECK(text_of(socket, field) == "-");
  }
  CHECK(text_of(socket, "packet_version") == "v1");
  CHECK(text_of(socket, "packet_flags", Style::Human) == "none");
}

TEST_CASE("a fanout group has an id and a way to share") {
  const std::uint32_t fanout = 7 | (PACKET_FANOUT_CPU << 16);
  const Socket socket = packet_socket(attribute(PACKET_DIAG_FANOUT, bytes_of(fanout)));
  CHECK(text_of(socket, "packet_fanout_id") == "7");
  CHECK(text_of(socket, "packet_fanout_mode") == "cpu");
  const std::uint32_t unknown = 0xffff | (200u << 16);
  const Socket later = packet_socket(attribute(PACKET_DIAG_FANOUT, bytes_of(unknown)));
  CHECK(text_of(later, "packet_fanout_id") == "65535");
  CHECK(text_of(later, "packet_fanout_mode") == "-");
}

TEST_CASE("memberships say what and where, and whether the interface is promiscuous") {
  const std::string group = membership(PACKET_MR_MULTICAST, std::string_view("\x01\x00\x5e\x00\x00\xfb", 6));
  const Socket member = packet_socket(attribute(PACKET_DIAG_MCLIST, group));
  CHECK(text_of(member, "packet_memberships") == "multicast:01:00:5e:00:00:fb%2");
  CHECK(text_of(member, "packet_promiscuous") == "false");
  const Socket sniffer = packet_socket(attribute(
      PACKET_DIAG_MCLIST, group + membership(PACKET_MR_PROMISC, {}) + membership(PACKET_MR_ALLMULTI, {})));
  CHECK(text_of(sniffer, "packet_memberships") ==
        "multicast:01:00:5e:00:00:fb%2,promiscuous%2,all-multicast%2");
  CHECK(text_of(sniffer, "packet_promiscuous") == "true");
  CHECK(text_of(packet_socket(attribute(PACKET_DIAG_MCLIST, "")), "packet_promiscuous") == "false");
}

TEST_CASE("a membership whose address claims to be longer than it can be is cut") {
  packet_diag_mclist entry{};
  entry.pdmc_type = PACKET_MR_UNICAST;
  entry.pdmc_alen = 60000;
  const std::string list =
      text_of(packet_socket(attribute(PACKET_DIAG_MCLIST, bytes_of(entry))), "packet_memberships");
  CHECK(list.size() == std::string_view("unicast").size() + 32 * 3 + 2);
  CHECK(text_of(packet_socket(attribute(PACKET_DIAG_MCLIST, membership(77, {}))), "packet_memberships") ==
        "unknown%2");
}

TEST_CASE("a filter that may not be read is not a filter of no bytes") {
  CHECK(text_of(packet_socket(attribute(PACKET_DIAG_FILTER, "")), "packet_filter_size") == "-");
  CHECK(text_of(packet_socket(attribute(PACKET_DIAG_FILTER, std::string(24, 'x'))), "packet_filter_size") ==
        "24");
  packet_socket(attribute(PACKET_DIAG_FILTER, "odd"), Decode::Partial);
  const sock_filter program[] = {BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), BPF_STMT(BPF_RET | BPF_K, 0)};
  CHECK(text_of(packet_socket(attribute(PACKET_DIAG_FILTER, bytes_of(program))), "packet_filter") ==
        "ldh [12],ret #0");
}

TEST_CASE("attributes of packet sockets that are too short are told, and the socket kept") {
  for (const unsigned type : {PACKET_DIAG_INFO, PACKET_DIAG_MCLIST, PACKET_DIAG_RX_RING, PACKET_DIAG_TX_RING,
                              PACKET_DIAG_FANOUT, PACKET_DIAG_UID, PACKET_DIAG_MEMINFO}) {
    INFO(type);
    CHECK(packet_socket(attribute(type, "abc"), Decode::Partial).inode == 55u);
  }
}

}  // namespace sockutils::test::packet_diag_test
