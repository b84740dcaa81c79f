/// From the bytes of a packet to what is of interest about it. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "common/bytes.h"
#include "sockutils/value.h"

namespace sockutils::capture {

/// What packets begin with, as LINKTYPE_ and DLT_ values have it; the values of libpcap on Linux.
enum class LinkType : int {
  Null = 0,       ///< BSD loopback: the family in the byte order of the machine
  Ethernet = 1,   ///< also with 802.1Q and 802.1ad tags
  RawLinux = 12,  ///< an IP packet and nothing before it
  Raw = 101,      ///< the same, in files
  Loop = 108,     ///< OpenBSD loopback: the family in network order
  Cooked = 113,   ///< what Linux makes of every interface at once
  Ipv4 = 228,
  Ipv6 = 229,
  Cooked2 = 276,  ///< that with the interface's index
};

/// Which way a packet went, seen from this machine.
enum class Way : std::uint8_t {
  Unknown,  ///< the link type does not tell
  In,
  Out,
  Elsewhere,  ///< from another machine to another one
};

struct Packet {
  Way way = Way::Unknown;
  /// Index of the interface; 0 when the link type does not tell.
  std::uint32_t interface = 0;
  /// It came to many: broadcast or multicast, as its link or its address says.
  bool to_many = false;
  /// The sender's address on the link, of six bytes.
  std::optional<std::array<std::uint8_t, 6>> link_sender;
  bool vlan = false;

  Address source;
  Address destination;
  /// Of the IP header, or of the last extension header that could be read (IANA protocol numbers).
  std::uint8_t protocol = 0;
  /// Of UDP, UDP-Lite, TCP, SCTP and DCCP. Of an ICMP echo both are its identifier.
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> destination_port;
  /// An echo request or its answer; no value for another packet.
  std::optional<bool> echo_request;

  /// Of the IP packet, headers included, without what pads a short frame.
  std::uint32_t length = 0;
  /// What a program wrote or reads: without the headers of UDP, UDP-Lite, TCP, SCTP and DCCP; of every other
  /// protocol all after the IP headers. The first fragment of a UDP datagram counts it whole, the others
  /// nothing.
  std::uint32_t payload = 0;

  /// What follows the IP headers, as far as it was taken; a view into the bytes that were decoded.
  ByteView content = {};

  /// Part of a larger packet, and which.
  struct Fragment {
    std::uint32_t identification = 0;
    /// In bytes; the first one, which has the ports, is at 0.
    std::uint32_t offset = 0;
  };
  std::optional<Fragment> fragment;
};

enum class Decode : std::uint8_t {
  Ok,
  NotIp,     ///< another protocol of the link: ARP, LLDP, ...
  TooShort,  ///< headers are cut, or say what cannot be; what was read before that is there
};

/// `length` is that of the whole packet, of which `bytes` may be the first part only.
Decode decode_packet(LinkType type, ByteView bytes, std::uint32_t length, Packet& packet);

/// Where the parts of a link header are that a kernel filter looks at. No value for a link type that does not
/// say which way packets go.
struct LinkLayout {
  /// Offset and size of the field that says which way.
  std::uint32_t way;
  bool way_is_byte;
  /// Of the two bytes with the protocol above.
  std::uint32_t protocol;
  /// Where the IP header begins.
  std::uint32_t size;
};
std::optional<LinkLayout> layout_of(LinkType type);

}  // namespace sockutils::capture
