#include "family/packet.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "common/parse_number.h"
#include "common/text.h"
#include "family/attributes.h"
#include "family/bpf_listing.h"
#include "family/packet_facts.h"
#include "family/shared.h"

namespace sockutils::packet {
namespace {

struct EtherTypeName {
  unsigned number;
  std::string_view name;
};

/// The protocols that programs ask for most, linux/if_ether.h.
constexpr EtherTypeName EtherTypeNames[] = {
    {ETH_P_ALL, "all"},       {ETH_P_IP, "ip"},       {ETH_P_ARP, "arp"},     {ETH_P_IPV6, "ipv6"},
    {ETH_P_8021Q, "802.1q"},  {ETH_P_PAE, "eapol"},   {ETH_P_LLDP, "lldp"},   {ETH_P_PPP_DISC, "pppoe-disc"},
    {ETH_P_PPP_SES, "pppoe"}, {ETH_P_802_2, "802.2"}, {ETH_P_802_3, "802.3"}, {ETH_P_MPLS_UC, "mpls"},
};

Protocol protocol_of(unsigned type) {
  // SOCK_PACKET is the old name of what SOCK_RAW does here.
  return type == SOCK_DGRAM ? Protocol::Dgram : Protocol::Raw;
}

/// 0 is a socket that receives nothing yet.
std::string ether_type_text(unsigned number) {
  for (const EtherTypeName& row : EtherTypeNames)
    if (row.number == number) return std::string(row.name);
  return number == 0 ? "none" : "0x" + to_hex(number, 4);
}

void set_ether_type(Socket& socket, unsigned number) {
  const std::string text = ether_type_text(number);
  socket.facts.set_bytes(EtherType, text);
  socket.facts.set_bytes(LocalName, text);
}

bool take_info(ByteView value, Socket& socket) {
  const auto info = load<packet_diag_info>(value);
  if (!info) return false;
  if (info->pdi_index != 0) socket.interface = info->pdi_index;
  return take_struct<packet_diag_info>(socket, Info, value);
}

/// `multicast:01:00:5e:00:00:fb%2`, `promiscuous%2`: what, and at which interface.
std::string membership_text(const packet_diag_mclist& entry) {
  constexpr std::array<std::string_view, 4> Names{"multicast", "promiscuous", "all-multicast", "unicast"};
  std::string text(entry.pdmc_type < Names.size() ? Names[entry.pdmc_type] : "unknown");
  const bool has_address = entry.pdmc_type == PACKET_MR_MULTICAST || entry.pdmc_type == PACKET_MR_UNICAST;
  for (std::size_t i = 0; has_address && i < std::min<std::size_t>(entry.pdmc_alen, sizeof entry.pdmc_addr);
       ++i)
    text += ':' + to_hex(entry.pdmc_addr[i], 2);
  return text + '%' + std::to_string(entry.pdmc_index);
}

bool take_memberships(ByteView value, Socket& socket) {
  std::string list;
  bool promiscuous = false;
  std::size_t at = 0;
  for (; const auto entry = load<packet_diag_mclist>(value, at); at += sizeof *entry) {
    append_element(list, membership_text(*entry));
    promiscuous = promiscuous || entry->pdmc_type == PACKET_MR_PROMISC;
  }
  socket.facts.set_list(Memberships, list);
  socket.facts.set_number(Promiscuous, promiscuous ? 1 : 0);
  return at == value.size();
}

/// Without CAP_NET_ADMIN the kernel sends an empty attribute, whether or not there is a filter.
bool take_filter(ByteView value, Socket& socket) {
  if (value.empty()) return true;
  socket.facts.set_number(FilterSize, value.size());
  std::string listing;
  const bool whole = append_bpf_listing(listing, value);
  socket.facts.set_list(FilterListing, listing);
  return whole;
}

bool take_uid(ByteView value, Socket& socket) {
  socket.uid = load<std::uint32_t>(value);
  return socket.uid.has_value();
}

bool take_attribute(unsigned type, ByteView value, Socket& socket) {
  switch (type) {
    case PACKET_DIAG_INFO:
      return take_info(value, socket);
    case PACKET_DIAG_UID:
      return take_uid(value, socket);
    case PACKET_DIAG_MEMINFO:
      return take_meminfo_as_queue(socket, value);
    case PACKET_DIAG_MCLIST:
      return take_memberships(value, socket);
    case PACKET_DIAG_RX_RING:
      return take_struct<packet_diag_ring>(socket, ReceiveRing, value);
    case PACKET_DIAG_TX_RING:
      return take_struct<packet_diag_ring>(socket, SendRing, value);
    case PACKET_DIAG_FANOUT:
      return take_number<std::uint32_t>(socket, Fanout, value);
    case PACKET_DIAG_FILTER:
      return take_filter(value, socket);
    default:
      return true;
  }
}

// Columns of /proc/net/packet (af_packet.c, packet_seq_show).
enum Column : std::size_t {
  Pointer,
  References,
  SocketType,
  ProtocolNumber,
  Interface,
  Running,
  Memory,
  User,
  Inode
};

std::uint32_t show_flags(Needs needs) {
  std::uint32_t show = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO;
  if (needs_any(needs, Needs::PacketMembers)) show |= PACKET_SHOW_MCLIST;
  if (needs_any(needs, Needs::PacketRings)) show |= PACKET_SHOW_RING_CFG;
  if (needs_any(needs, Needs::PacketFanout)) show |= PACKET_SHOW_FANOUT;
  if (needs_any(needs, Needs::PacketFilter)) show |= PACKET_SHOW_FILTER;
  return show;
}

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  packet_diag_req message{};
  message.sdiag_family = AF_PACKET;
  message.pdiag_show = show_flags(request.needs);
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<packet_diag_msg>(payload);
  if (!message) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = protocol_of(message->pdiag_type);
  socket.state = State::Unconnected;
  socket.inode = message->pdiag_ino;
  socket.cookie = join_cookie(message->pdiag_cookie);
  set_ether_type(socket, message->pdiag_num);
  bool complete = true;
  const bool intact = for_each_attribute(
      after(payload, sizeof(packet_diag_msg)),
      [&](unsigned type, ByteView value) { complete = take_attribute(type, value, socket) && complete; });
  return intact && complete ? Decode::Complete : Decode::Partial;
}

Decode parse_line(std::string_view line, const SocketKind& kind, Socket& socket) {
  const std::vector<std::string_view> columns = split_words(line);
  if (columns.size() <= Inode) return Decode::Malformed;
  const auto type = parse_number<std::uint16_t>(columns[SocketType]);
  const auto number = parse_number<std::uint16_t>(columns[ProtocolNumber], 16);
  const auto interface = parse_number<std::uint32_t>(columns[Interface]);
  const auto memory = parse_number<std::uint64_t>(columns[Memory]);
  const auto uid = parse_number<std::uint32_t>(columns[User]);
  const auto inode = parse_number<std::uint64_t>(columns[Inode]);
  if (!type || !number || !interface || !memory || !uid || !inode) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = protocol_of(*type);
  socket.state = State::Unconnected;
  if (*interface != 0) socket.interface = *interface;
  socket.recv_queue = *memory;
  socket.uid = *uid;
  socket.inode = *inode;
  set_ether_type(socket, *number);
  return Decode::Complete;
}

}  // namespace sockutils::packet
