#include "capture/packet.h"

#include <net/ethernet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sockutils::capture {
namespace {

/// As in linux/if_packet.h, whose values LINKTYPE_LINUX_SLL uses.
enum class CookedWay : std::uint8_t { Host = 0, Broadcast = 1, Multicast = 2, OtherHost = 3, Outgoing = 4 };

constexpr LinkLayout CookedLayout{0, false, 14, 16};
constexpr LinkLayout Cooked2Layout{10, true, 0, 20};

constexpr std::uint8_t ProtocolUdpLite = 136;

std::optional<std::uint8_t> byte_at(ByteView bytes, std::size_t offset) {
  return load<std::uint8_t>(bytes, offset);
}
/// In network byte order.
std::optional<std::uint16_t> short_at(ByteView bytes, std::size_t offset) {
  const auto raw = load<std::uint16_t>(bytes, offset);
  return raw ? std::optional(ntohs(*raw)) : std::nullopt;
}
std::optional<std::uint32_t> word_at(ByteView bytes, std::size_t offset) {
  const auto raw = load<std::uint32_t>(bytes, offset);
  return raw ? std::optional(ntohl(*raw)) : std::nullopt;
}

std::optional<std::uint16_t> number_at(ByteView bytes, std::size_t offset, bool is_byte) {
  return is_byte ? std::optional<std::uint16_t>(byte_at(bytes, offset)) : short_at(bytes, offset);
}

/// The rest of a packet: the captured part, and its length on the wire.
struct Rest {
  ByteView bytes;
  std::uint32_t length;

  bool skip(std::size_t size) {
    if (bytes.size() < size || length < size) return false;
    bytes = bytes.subspan(size);
    length -= static_cast<std::uint32_t>(size);
    return true;
  }
  /// Cuts off what follows on the wire but does not belong to it.
  void end_at(std::uint32_t size) {
    length = std::min(length, size);
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), length));
  }
};

std::optional<std::array<std::uint8_t, 6>> link_address(ByteView bytes, std::size_t offset) {
  return load<std::array<std::uint8_t, 6>>(bytes, offset);
}

void set_way(std::uint16_t kind, Packet& packet) {
  switch (static_cast<CookedWay>(kind)) {
    case CookedWay::Broadcast:
    case CookedWay::Multicast:
      packet.to_many = true;
      [[fallthrough]];
    case CookedWay::Host:
      packet.way = Way::In;
      break;
    case CookedWay::OtherHost:
      packet.way = Way::Elsewhere;
      break;
    case CookedWay::Outgoing:
      packet.way = Way::Out;
      break;
  }
}

/// Skips any number of VLAN tags of four bytes each, whose last two bytes are the next protocol. `ether_type`
/// is the protocol before the first one.
bool skip_tags(std::uint16_t& ether_type, Rest& rest, Packet& packet) {
  constexpr std::uint16_t ServiceTag = 0x88a8;
  constexpr std::uint16_t OldServiceTag = 0x9100;
  while (ether_type == ETHERTYPE_VLAN || ether_type == ServiceTag || ether_type == OldServiceTag) {
    const auto next = short_at(rest.bytes, 2);
    if (!next || !rest.skip(4)) return false;
    packet.vlan = true;
    ether_type = *next;
  }
  return true;
}

/// Versions of IP as identified by the link.
enum class IpVersion : std::uint8_t { None, Four, Six, AsTheHeaderSays };

IpVersion version_of(std::uint16_t ether_type) {
  if (ether_type == ETHERTYPE_IP) return IpVersion::Four;
  return ether_type == ETHERTYPE_IPV6 ? IpVersion::Six : IpVersion::None;
}

/// AF_INET is 2 everywhere; AF_INET6 has a different number on each BSD.
IpVersion version_of_family(std::uint32_t family) {
  if (family == 2) return IpVersion::Four;
  return family == 10 || family == 24 || family == 28 || family == 30 ? IpVersion::Six : IpVersion::None;
}

std::optional<IpVersion> read_tagged(std::uint16_t ether_type, Rest& rest, Packet& packet) {
  if (!skip_tags(ether_type, rest, packet)) return std::nullopt;
  return version_of(ether_type);
}

std::optional<IpVersion> read_ethernet(Rest& rest, Packet& packet) {
  const auto destination = link_address(rest.bytes, 0);
  const auto ether_type = short_at(rest.bytes, 12);
  if (!destination || !ether_type) return std::nullopt;
  packet.link_sender = link_address(rest.bytes, 6);
  packet.to_many = ((*destination)[0] & 1) != 0;
  if (!rest.skip(14)) return std::nullopt;
  return read_tagged(*ether_type, rest, packet);
}

/// draft-gharris-opsawg-pcaplinktype, LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2.
std::optional<IpVersion> read_cooked(Rest& rest, Packet& packet, bool second) {
  const LinkLayout& layout = second ? Cooked2Layout : CookedLayout;
  const std::size_t address = second ? 12 : 6;
  const auto address_length = number_at(rest.bytes, second ? 11 : 4, second);
  const auto way = number_at(rest.bytes, layout.way, layout.way_is_byte);
  const auto ether_type = short_at(rest.bytes, layout.protocol);
  if (!way || !ether_type || !address_length) return std::nullopt;
  set_way(*way, packet);
  if (second) packet.interface = word_at(rest.bytes, 4).value_or(0);
  if (*address_length == 6) packet.link_sender = link_address(rest.bytes, address);
  if (!rest.skip(layout.size)) return std::nullopt;
  return read_tagged(*ether_type, rest, packet);
}

std::optional<IpVersion> read_family(Rest& rest, bool network_order) {
  const auto raw = load<std::uint32_t>(rest.bytes);
  if (!raw || !rest.skip(4)) return std::nullopt;
  return version_of_family(network_order ? ntohl(*raw) : *raw);
}

std::optional<IpVersion> read_link(LinkType type, Rest& rest, Packet& packet) {
  switch (type) {
    case LinkType::Null:
      return read_family(rest, false);
    case LinkType::Loop:
      return read_family(rest, true);
    case LinkType::Ethernet:
      return read_ethernet(rest, packet);
    case LinkType::RawLinux:
    case LinkType::Raw:
    case LinkType::Ipv4:
    case LinkType::Ipv6:
      return IpVersion::AsTheHeaderSays;
    case LinkType::Cooked:
      return read_cooked(rest, packet, false);
    case LinkType::Cooked2:
      return read_cooked(rest, packet, true);
  }
  return IpVersion::None;
}

bool is_first(const Packet& packet) { return !packet.fragment || packet.fragment->offset == 0; }

bool has_ports(std::uint8_t protocol) {
  return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP || protocol == ProtocolUdpLite ||
         protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

/// Number of bytes before the payload. No value: the header is cut off.
std::optional<std::uint32_t> header_size(std::uint8_t protocol, ByteView bytes) {
  const auto in_words = [&](std::size_t offset, unsigned shift) -> std::optional<std::uint32_t> {
    const auto byte = byte_at(bytes, offset);
    return byte ? std::optional<std::uint32_t>((*byte >> shift) * 4U) : std::nullopt;
  };
  switch (protocol) {
    case IPPROTO_TCP:
      return in_words(12, 4);
    case IPPROTO_DCCP:
      return in_words(4, 0);
    case IPPROTO_SCTP:
      return 12;
    default:
      return 8;
  }
}

/// RFC 768: the length includes the header; it is 0 in a datagram too long for the field (RFC 2675).
std::uint32_t udp_payload(const Packet& packet, const Rest& rest) {
  constexpr std::uint32_t Header = 8;
  const std::uint32_t there = rest.length - std::min(rest.length, Header);
  const auto length = short_at(rest.bytes, 4).value_or(0);
  if (length < Header) return there;
  // Of a fragment only a part is here, so the length may exceed it.
  return packet.fragment ? length - Header : std::min<std::uint32_t>(there, length - Header);
}

Decode read_ports(Rest& rest, Packet& packet) {
  packet.source_port = short_at(rest.bytes, 0);
  packet.destination_port = short_at(rest.bytes, 2);
  const auto header = header_size(packet.protocol, rest.bytes);
  if (!packet.destination_port || !header) return Decode::TooShort;
  packet.payload = packet.protocol == IPPROTO_UDP ? udp_payload(packet, rest)
                                                  : rest.length - std::min(rest.length, *header);
  return *header <= rest.length ? Decode::Ok : Decode::TooShort;
}

/// The identifier of an echo shows which program it belongs to, RFC 792 and RFC 4443.
void read_echo(const Rest& rest, Packet& packet, std::uint8_t request, std::uint8_t reply) {
  const auto type = byte_at(rest.bytes, 0);
  if (!type || (*type != request && *type != reply)) return;
  packet.source_port = packet.destination_port = short_at(rest.bytes, 4);
  packet.echo_request = *type == request;
}

Decode read_transport(Rest& rest, Packet& packet) {
  packet.content = rest.bytes;
  if (has_ports(packet.protocol)) {
    if (is_first(packet)) return read_ports(rest, packet);
    packet.payload = packet.protocol == IPPROTO_UDP ? 0 : rest.length;
    return Decode::Ok;
  }
  packet.payload = rest.length;
  if (is_first(packet) && packet.protocol == IPPROTO_ICMP) read_echo(rest, packet, 8, 0);
  if (is_first(packet) && packet.protocol == IPPROTO_ICMPV6) read_echo(rest, packet, 128, 129);
  return Decode::Ok;
}

Address read_address(ByteView bytes, std::size_t offset, bool is_v6) {
  Address address;
  address.is_v6 = is_v6;
  std::memcpy(address.bytes.data(), bytes.data() + offset, is_v6 ? 16 : 4);
  return address;
}

/// RFC 791.
Decode read_v4(Rest rest, Packet& packet) {
  constexpr std::size_t Least = 20;
  if (rest.bytes.size() < Least) return Decode::TooShort;
  const std::size_t header = (*byte_at(rest.bytes, 0) & 0xfu) * 4;
  const std::uint16_t total = *short_at(rest.bytes, 2);
  const std::uint16_t identification = *short_at(rest.bytes, 4);
  const std::uint16_t piece = *short_at(rest.bytes, 6);
  packet.source = read_address(rest.bytes, 12, false);
  packet.destination = read_address(rest.bytes, 16, false);
  packet.protocol = *byte_at(rest.bytes, 9);
  // Packets that the interface will segment itself may be too long for the field, which is then 0.
  if (total != 0) rest.end_at(total);
  packet.length = rest.length;
  constexpr std::uint16_t MoreFragments = 0x2000;
  constexpr std::uint16_t OffsetMask = 0x1fff;
  if ((piece & (MoreFragments | OffsetMask)) != 0)
    packet.fragment = {identification, (piece & OffsetMask) * 8U};
  constexpr std::uint8_t MulticastPrefix = 0xe0;
  const auto& to = packet.destination.bytes;
  const bool everyone = std::all_of(to.begin(), to.begin() + 4, [](auto byte) { return byte == 0xff; });
  packet.to_many = packet.to_many || (to[0] & 0xf0) == MulticastPrefix || everyone;
  if (header < Least || !rest.skip(header)) return Decode::TooShort;
  return read_transport(rest, packet);
}

/// The headers that may precede the transport header: RFC 8200, section 4, RFC 4302 and RFC 6275.
bool is_extension(std::uint8_t protocol) {
  constexpr std::uint8_t Mobility = 135;
  constexpr std::uint8_t HostIdentity = 139;
  constexpr std::uint8_t Shim6 = 140;
  return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING || protocol == IPPROTO_DSTOPTS ||
         protocol == IPPROTO_FRAGMENT || protocol == IPPROTO_AH || protocol == Mobility ||
         protocol == HostIdentity || protocol == Shim6;
}

bool skip_extension(Rest& rest, Packet& packet) {
  const auto next = byte_at(rest.bytes, 0);
  const auto length = byte_at(rest.bytes, 1);
  if (!next || !length) return false;
  std::size_t size = (*length + 1U) * 8;
  if (packet.protocol == IPPROTO_AH) size = (*length + 2U) * 4;
  if (packet.protocol == IPPROTO_FRAGMENT) {
    const auto offset = short_at(rest.bytes, 2);
    const auto identification = word_at(rest.bytes, 4);
    if (!identification) return false;
    size = 8;
    // A complete packet may have a fragment header too (RFC 6946).
    constexpr std::uint16_t OffsetAndMore = 0xfff9;
    if ((*offset & OffsetAndMore) != 0) packet.fragment = {*identification, *offset & 0xfff8U};
  }
  packet.protocol = *next;
  return rest.skip(size);
}

/// RFC 8200.
Decode read_v6(Rest rest, Packet& packet) {
  constexpr std::size_t Header = 40;
  if (rest.bytes.size() < Header) return Decode::TooShort;
  const std::uint16_t payload = *short_at(rest.bytes, 4);
  packet.protocol = *byte_at(rest.bytes, 6);
  packet.source = read_address(rest.bytes, 8, true);
  packet.destination = read_address(rest.bytes, 24, true);
  packet.to_many = packet.to_many || packet.destination.bytes[0] == 0xff;
  // 0: a jumbogram (RFC 2675), or a packet that the interface will segment.
  if (payload != 0) rest.end_at(static_cast<std::uint32_t>(payload + Header));
  packet.length = rest.length;
  if (!rest.skip(Header)) return Decode::TooShort;
  while (is_extension(packet.protocol) && is_first(packet))
    if (!skip_extension(rest, packet)) return Decode::TooShort;
  return read_transport(rest, packet);
}

}  // namespace

std::optional<LinkLayout> layout_of(LinkType type) {
  if (type == LinkType::Cooked) return CookedLayout;
  if (type == LinkType::Cooked2) return Cooked2Layout;
  return std::nullopt;
}

Decode decode_packet(LinkType type, ByteView bytes, std::uint32_t length, Packet& packet) {
  packet = {};
  Rest rest{bytes, length};
  rest.end_at(length);
  const auto version = read_link(type, rest, packet);
  if (!version) return Decode::TooShort;
  if (*version == IpVersion::None) return Decode::NotIp;
  const auto first = byte_at(rest.bytes, 0);
  if (!first) return Decode::TooShort;
  const unsigned says = *first >> 4;
  const bool expected =
      *version == IpVersion::AsTheHeaderSays || (*version == IpVersion::Four ? says == 4 : says == 6);
  if (!expected) return Decode::TooShort;
  if (says == 4) return read_v4(rest, packet);
  return says == 6 ? read_v6(rest, packet) : Decode::NotIp;
}

}  // namespace sockutils::capture
