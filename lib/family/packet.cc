#include "family/packet.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include <array>

#include "base/parse_number.h"
#include "base/text.h"
#include "family/attributes.h"
#include "family/shared.h"
#include "model/row.h"

namespace sockutils::packet {
namespace {

constexpr FactKey EtherType{"packet_protocol"};

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
  return number == 0 ? "none" : fmt::format("0x{:04x}", number);
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
  return true;
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

OptionalValue ether_type(const Row& row) { return row.socket.facts.bytes(EtherType); }

constexpr std::array Fields{
    Field{.name = "packet_protocol",
          .title = "ETHERTYPE",
          .type = Type::Text,
          .get = ether_type,
          .doc = "Protocol that a packet socket receives: a name, or the EtherType in hexadecimal"},
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest&) {
  packet_diag_req message{};
  message.sdiag_family = AF_PACKET;
  message.pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO;
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

std::span<const Field> fields() { return Fields; }

}  // namespace sockutils::packet
