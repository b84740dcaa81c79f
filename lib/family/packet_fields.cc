#include <linux/if_packet.h>
#include <linux/packet_diag.h>

#include <array>

#include "family/packet.h"
#include "family/packet_facts.h"
#include "family/shared.h"
#include "model/registry.h"

namespace sockutils::packet {
namespace {

/// TPACKET_V1 is 0; every socket has a version, whether or not it has a ring.
OptionalValue version(const SocketRow& row) {
  constexpr std::array<std::string_view, 3> Names{"v1", "v2", "v3"};
  const auto info = kept_struct<packet_diag_info>(row, Info);
  return info && info->pdi_version < Names.size() ? OptionalValue(Names[info->pdi_version]) : std::nullopt;
}

template <const AttributeKey& Ring>
OptionalValue ring_size(const SocketRow& row) {
  const auto ring = kept_struct<packet_diag_ring>(row, Ring);
  return ring ? OptionalValue(std::uint64_t{ring->pdr_block_size} * ring->pdr_block_nr) : std::nullopt;
}

template <const AttributeKey& Ring>
OptionalValue ring_timeout(const SocketRow& row) {
  constexpr std::uint64_t MicrosecondsPerMillisecond = 1000;
  const auto ring = kept_struct<packet_diag_ring>(row, Ring);
  return ring ? OptionalValue(ring->pdr_retire_tmo * MicrosecondsPerMillisecond) : std::nullopt;
}

OptionalValue fanout_id(const SocketRow& row) {
  const auto fanout = row.socket.facts.number(Fanout);
  return fanout ? OptionalValue(*fanout & 0xffff) : std::nullopt;
}

OptionalValue fanout_mode(const SocketRow& row) {
  // PACKET_FANOUT_HASH and those that follow it, linux/if_packet.h.
  constexpr std::array<std::string_view, 8> Names{"hash",   "load-balance", "cpu",  "rollover",
                                                  "random", "queue",        "cbpf", "ebpf"};
  const auto fanout = row.socket.facts.number(Fanout);
  if (!fanout) return std::nullopt;
  const std::uint64_t mode = (*fanout >> 16) & 0xff;
  return mode < Names.size() ? OptionalValue(Names[mode]) : std::nullopt;
}

OptionalValue flags(const SocketRow& row) {
  // PDI_RUNNING and those that follow it, linux/packet_diag.h.
  static constexpr std::array<std::string_view, 5> Names{"running", "auxdata", "origdev", "vnethdr", "loss"};
  const auto info = kept_struct<packet_diag_info>(row, Info);
  return info ? OptionalValue(TextList(info->pdi_flags, Names)) : std::nullopt;
}

template <auto Member>
constexpr Field info_field(std::string_view name, std::string_view title, Type type, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = getter<MemberOf<Info, Member>::get>,
          .kernel = "3.7",
          .doc = doc};
}

constexpr Field ring_field(std::string_view name, std::string_view title, Type type,
                           OptionalValue (*get)(const Row&), std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = get,
          .needs = Needs::PacketRings,
          .kernel = "3.7",
          .doc = doc};
}

constexpr std::array PacketFields{
    Field{.name = "packet_protocol",
          .title = "ETHERTYPE",
          .type = Type::Text,
          .get = getter<kept_text<EtherType>>,
          .doc = "Protocol that a packet socket receives: a name, or the EtherType in hexadecimal"},
    Field{.name = "packet_version",
          .title = "TPACKET",
          .type = Type::Text,
          .get = getter<version>,
          .kernel = "3.7",
          .doc = "Version of the headers in a packet socket's ring: v1, v2, v3 (PACKET_VERSION)"},
    Field{.name = "packet_flags",
          .title = "PACKET-FLAGS",
          .type = Type::List,
          .get = getter<flags>,
          .kernel = "3.7",
          .doc = "Switches of a packet socket: running (it receives), auxdata, origdev, vnethdr, loss"},
    info_field<&packet_diag_info::pdi_reserve>(
        "packet_reserve", "RESERVE", Type::Bytes,
        "Bytes left free before each packet in the ring (PACKET_RESERVE)"),
    info_field<&packet_diag_info::pdi_copy_thresh>(
        "packet_copy_threshold", "COPY-THRESH", Type::Count,
        "How many packets too long for the ring may wait outside of it (PACKET_COPY_THRESH)"),
    info_field<&packet_diag_info::pdi_tstamp>("packet_timestamp", "TSTAMP", Type::Mask,
                                              "Where packets in the ring get their time (PACKET_TIMESTAMP)"),
    ring_field("packet_rx_ring", "RX-RING", Type::Bytes, getter<ring_size<ReceiveRing>>,
               "Memory of a packet socket's ring for receiving (PACKET_RX_RING)"),
    ring_field("packet_rx_block_size", "RX-BLOCK", Type::Bytes,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_block_size>::get>,
               "Size of a block of the ring for receiving"),
    ring_field("packet_rx_blocks", "RX-BLOCKS", Type::Count,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_block_nr>::get>,
               "Blocks of the ring for receiving"),
    ring_field("packet_rx_frame_size", "RX-FRAME", Type::Bytes,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_frame_size>::get>,
               "Size of a frame of the ring for receiving"),
    ring_field("packet_rx_frames", "RX-FRAMES", Type::Count,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_frame_nr>::get>,
               "Frames of the ring for receiving"),
    ring_field("packet_rx_timeout", "RX-TIMEOUT", Type::Microseconds, getter<ring_timeout<ReceiveRing>>,
               "How long a block for receiving may fill before the process gets it, in v3"),
    ring_field("packet_rx_private", "RX-PRIVATE", Type::Bytes,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_sizeof_priv>::get>,
               "Bytes of each block for receiving that the process keeps for itself, in v3"),
    ring_field("packet_rx_features", "RX-FEATURES", Type::Mask,
               getter<MemberOf<ReceiveRing, &packet_diag_ring::pdr_features>::get>,
               "What each header in a block for receiving is filled with, in v3 (TP_FT_REQ_FILL_RXHASH)"),
    ring_field("packet_tx_ring", "TX-RING", Type::Bytes, getter<ring_size<SendRing>>,
               "Memory of a packet socket's ring for sending (PACKET_TX_RING)"),
    ring_field("packet_tx_block_size", "TX-BLOCK", Type::Bytes,
               getter<MemberOf<SendRing, &packet_diag_ring::pdr_block_size>::get>,
               "Size of a block of the ring for sending"),
    ring_field("packet_tx_blocks", "TX-BLOCKS", Type::Count,
               getter<MemberOf<SendRing, &packet_diag_ring::pdr_block_nr>::get>,
               "Blocks of the ring for sending"),
    ring_field("packet_tx_frame_size", "TX-FRAME", Type::Bytes,
               getter<MemberOf<SendRing, &packet_diag_ring::pdr_frame_size>::get>,
               "Size of a frame of the ring for sending"),
    ring_field("packet_tx_frames", "TX-FRAMES", Type::Count,
               getter<MemberOf<SendRing, &packet_diag_ring::pdr_frame_nr>::get>,
               "Frames of the ring for sending"),
    Field{.name = "packet_fanout_id",
          .title = "FANOUT",
          .type = Type::Identifier,
          .get = getter<fanout_id>,
          .needs = Needs::PacketFanout,
          .kernel = "3.7",
          .doc = "Group of packet sockets that share what arrives (PACKET_FANOUT)"},
    Field{.name = "packet_fanout_mode",
          .title = "FANOUT-MODE",
          .type = Type::Text,
          .get = getter<fanout_mode>,
          .needs = Needs::PacketFanout,
          .kernel = "3.7",
          .doc = "How that group shares: hash, load-balance, cpu, rollover, random, queue, cbpf, ebpf"},
    Field{.name = "packet_memberships",
          .title = "MEMBERSHIPS",
          .type = Type::List,
          .get = getter<kept_list<Memberships>>,
          .needs = Needs::PacketMembers,
          .kernel = "3.7",
          .doc =
              "What a packet socket has an interface receive: `multicast:ADDRESS%INDEX`, `promiscuous%INDEX` "
              "and the like (PACKET_ADD_MEMBERSHIP)"},
    Field{.name = "packet_promiscuous",
          .title = "PROMISC",
          .type = Type::Flag,
          .get = getter<kept_flag<Promiscuous>>,
          .needs = Needs::PacketMembers,
          .kernel = "3.7",
          .doc = "The packet socket has switched an interface to receive what is meant for others"},
    Field{.name = "packet_filter_size",
          .title = "FILTER",
          .type = Type::Bytes,
          .get = getter<kept_number<FilterSize>>,
          .needs = Needs::PacketFilter,
          .kernel = "3.10",
          .doc = "Bytes of the packet socket's filter, 8 to an instruction; told with CAP_NET_ADMIN only"},
    Field{.name = "packet_filter",
          .title = "FILTER-CODE",
          .type = Type::List,
          .get = getter<kept_list<FilterListing>>,
          .needs = Needs::PacketFilter,
          .kernel = "3.10",
          .doc = "That filter, one instruction after the other"},
};

}  // namespace

std::span<const Field> fields() {
  static constexpr auto Table = about("packet", PacketFields);
  return Table;
}

}  // namespace sockutils::packet
