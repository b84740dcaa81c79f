/// Decodes the bytes of a packet. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/bytes.h"
#include "sockutils/value.h"

namespace sockutils::capture {

/// The link header of packets, by LINKTYPE_ and DLT_ values, as libpcap has them on Linux.
enum class LinkType : int {
  Null = 0,       ///< BSD loopback: the family in host byte order
  Ethernet = 1,   ///< also with 802.1Q and 802.1ad tags
  RawLinux = 12,  ///< an IP packet without a link header
  Raw = 101,      ///< the same, in files
  Loop = 108,     ///< OpenBSD loopback: the family in network byte order
  Cooked = 113,   ///< the header that Linux makes up when it captures on all interfaces
  Ipv4 = 228,
  Ipv6 = 229,
  Cooked2 = 276,  ///< the same with the interface index
};

/// The direction of a packet, relative to this machine.
enum class Way : std::uint8_t {
  Unknown,  ///< the link type does not say
  In,
  Out,
  Elsewhere,  ///< from another machine to another machine
};

struct Packet {
  Way way = Way::Unknown;
  /// Index of the interface; 0 when the link type does not say.
  std::uint32_t interface = 0;
  /// Sent to many receivers: broadcast or multicast, according to its link header or address.
  bool to_many = false;
  /// The sender's six-byte link address.
  std::optional<std::array<std::uint8_t, 6>> link_sender;
  bool vlan = false;

  Address source;
  Address destination;
  /// From the IP header, or from the last extension header that could be read (IANA protocol numbers).
  std::uint8_t protocol = 0;
  /// For UDP, UDP-Lite, TCP, SCTP and DCCP. For an ICMP echo, both are its identifier.
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> destination_port;
  /// Whether an echo is a request, not a reply; no value for other packets.
  std::optional<bool> echo_request;

  /// Of the IP packet with its headers, without the padding of short frames.
  std::uint32_t length = 0;
  /// The payload: without the headers of UDP, UDP-Lite, TCP, SCTP and DCCP; for every other protocol
  /// everything after the IP headers. The first fragment of a UDP datagram counts all of it, the others count
  /// nothing.
  std::uint32_t payload = 0;

  /// What follows the IP headers, as far as captured; a view into the decoded bytes.
  ByteView content = {};

  /// Set for a part of a larger packet.
  struct Fragment {
    std::uint32_t identification = 0;
    /// In bytes; the first fragment, which has the ports, is at 0.
    std::uint32_t offset = 0;
  };
  std::optional<Fragment> fragment;
};

enum class Decode : std::uint8_t {
  Ok,
  NotIp,     ///< another protocol on the link: ARP, LLDP, ...
  TooShort,  ///< headers are cut off or invalid; what was read before that is filled in
};

/// `length` is the length of the whole packet, of which `bytes` may be only the beginning.
Decode decode_packet(LinkType type, ByteView bytes, std::uint32_t length, Packet& packet);

/// The layout of a link header, as needed by kernel filters. No value for a link type that does not tell the
/// direction of packets.
struct LinkLayout {
  /// Offset and size of the direction field.
  std::uint32_t way;
  bool way_is_byte;
  /// Offset of the two bytes with the next protocol.
  std::uint32_t protocol;
  /// Offset of the IP header.
  std::uint32_t size;
};
std::optional<LinkLayout> layout_of(LinkType type);

}  // namespace sockutils::capture
