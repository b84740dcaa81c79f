#include "capture/packet.h"

#include <netinet/in.h>

#include "support/catch.h"
#include "unit/capture/frames.h"

namespace sockutils::test::packet_test {
namespace {

using capture::Decode;
using capture::LinkType;
using capture::Packet;
using capture::Way;

Packet decode(LinkType type, const std::string& bytes, Decode expected = Decode::Ok) {
  Packet packet;
  CHECK(decode_packet(type, as_bytes(bytes), static_cast<std::uint32_t>(bytes.size()), packet) == expected);
  return packet;
}

Packet decode_ip(const std::string& bytes, Decode expected = Decode::Ok) {
  return decode(LinkType::Raw, bytes, expected);
}

TEST_CASE("a UDP datagram over IPv4 has ends, ports and a size") {
  const Packet packet = decode_ip(ip4(IPPROTO_UDP, udp(100)));
  CHECK(packet.source == address_of("192.0.2.1"));
  CHECK(packet.destination == address_of("192.0.2.2"));
  CHECK(packet.protocol == IPPROTO_UDP);
  CHECK(packet.source_port == 1000);
  CHECK(packet.destination_port == 53);
  CHECK(packet.payload == 100);
  CHECK(packet.length == 128);
  CHECK_FALSE(packet.to_many);
}

TEST_CASE("options of IPv4 are stepped over") {
  const Packet packet = decode_ip(ip4(IPPROTO_UDP, udp(10), {}, 0, -1, 10));
  CHECK(packet.source_port == 1000);
  CHECK(packet.payload == 10);
  CHECK(packet.length == 78);
}

TEST_CASE("what pads a short frame is no part of the packet") {
  const std::string frame = Bytes().zeros(12).u16(Four).add(ip4(IPPROTO_UDP, udp(2))).zeros(16).text();
  const Packet packet = decode(LinkType::Ethernet, frame);
  CHECK(packet.payload == 2);
  CHECK(packet.length == 30);
}

TEST_CASE("tags of VLANs are stepped over, one or two") {
  const std::string inner = Bytes().u16(7).u16(Six).add(ip6(IPPROTO_UDP, udp(5))).text();
  CHECK(decode(LinkType::Ethernet, Bytes().zeros(12).u16(0x8100).add(inner).text()).payload == 5);
  const Packet twice =
      decode(LinkType::Ethernet, Bytes().zeros(12).u16(0x88a8).u16(9).u16(0x8100).add(inner).text());
  CHECK(twice.payload == 5);
  CHECK(twice.vlan);
}

TEST_CASE("cooked packets say which way they went, and through which interface") {
  const std::string ip = ip4(IPPROTO_UDP, udp(5));
  const Packet out = decode(LinkType::Cooked2, cooked(Out, Four, ip, 12));
  CHECK(out.way == Way::Out);
  CHECK(out.interface == 12);
  CHECK(out.link_sender.has_value());
  CHECK(decode(LinkType::Cooked2, cooked(In, Four, ip)).way == Way::In);
  CHECK(decode(LinkType::Cooked2, cooked(OtherHost, Four, ip)).way == Way::Elsewhere);
  const Packet broadcast = decode(LinkType::Cooked2, cooked(Broadcast, Four, ip));
  CHECK(broadcast.way == Way::In);
  CHECK(broadcast.to_many);
  const std::string first = Bytes().u16(Out).u16(1).u16(6).zeros(8).u16(Four).add(ip).text();
  CHECK(decode(LinkType::Cooked, first).way == Way::Out);
}

TEST_CASE("the family of a loopback header is in the machine's order, or in that of the network") {
  const std::string ip = ip4(IPPROTO_UDP, udp(5));
  const std::uint32_t family = 2;
  std::string null(reinterpret_cast<const char*>(&family), sizeof family);
  CHECK(decode(LinkType::Null, null + ip).payload == 5);
  CHECK(decode(LinkType::Loop, Bytes().u32(2).add(ip).text()).payload == 5);
  CHECK(decode(LinkType::Loop, Bytes().u32(99).add(ip).text(), Decode::NotIp).length == 0);
}

TEST_CASE("the first fragment of a datagram counts it whole, and the others nothing") {
  constexpr unsigned More = 0x2000;
  const std::string head = Bytes().u16(1000).u16(53).u16(3008).u16(0).zeros(1472).text();
  const Packet first = decode_ip(ip4(IPPROTO_UDP, head, {}, More));
  REQUIRE(first.fragment);
  CHECK(first.fragment->offset == 0);
  CHECK(first.payload == 3000);
  const Packet last = decode_ip(ip4(IPPROTO_UDP, std::string(1528, 'x'), {}, 185));
  REQUIRE(last.fragment);
  CHECK(last.fragment->offset == 1480);
  CHECK(last.payload == 0);
  CHECK_FALSE(last.source_port);
  CHECK(last.length == 1548);
}

TEST_CASE("extension headers of IPv6 are stepped over") {
  const std::string options = Bytes().u8(IPPROTO_UDP).u8(1).zeros(14).add(udp(9)).text();
  const std::string routed = Bytes().u8(IPPROTO_DSTOPTS).u8(0).zeros(6).add(options).text();
  const Packet packet = decode_ip(ip6(IPPROTO_ROUTING, routed));
  CHECK(packet.protocol == IPPROTO_UDP);
  CHECK(packet.payload == 9);
  CHECK(packet.length == 40 + 8 + 16 + 17);
}

TEST_CASE("fragments of IPv6 have a header of their own") {
  const auto piece = [](unsigned offset_and_more, const std::string& rest) {
    return ip6(IPPROTO_FRAGMENT, Bytes().u8(IPPROTO_UDP).u8(0).u16(offset_and_more).u32(77).add(rest).text());
  };
  const Packet first = decode_ip(piece(1, Bytes().u16(1).u16(2).u16(2008).u16(0).zeros(1000).text()));
  REQUIRE(first.fragment);
  CHECK(first.fragment->identification == 77);
  CHECK(first.payload == 2000);
  const Packet next = decode_ip(piece(1008, std::string(1000, 'x')));
  REQUIRE(next.fragment);
  CHECK(next.fragment->offset == 1008);
  CHECK_FALSE(next.source_port);
  CHECK_FALSE(decode_ip(piece(0, udp(5))).fragment);
}

TEST_CASE("packets that an interface is to cut up may be longer than their header can say") {
  std::string large = ip4(IPPROTO_TCP, tcp(100), {}, 0, 0);
  Packet packet;
  CHECK(decode_packet(LinkType::Raw, as_bytes(large), 150'000, packet) == Decode::Ok);
  CHECK(packet.length == 150'000);
  CHECK(packet.payload == 150'000 - 20 - 32);
  large = ip6(IPPROTO_UDP, Bytes().u16(1).u16(2).u16(0).u16(0).zeros(50).text(), ends6(), 0);
  CHECK(decode_packet(LinkType::Raw, as_bytes(large), 100'000, packet) == Decode::Ok);
  CHECK(packet.payload == 100'000 - 48);
}

TEST_CASE("only the part of a packet that was taken is read, and its length is that on the wire") {
  const std::string whole = ip4(IPPROTO_UDP, udp(1400));
  Packet packet;
  CHECK(decode_packet(LinkType::Raw, as_bytes(whole).first(40), 1428, packet) == Decode::Ok);
  CHECK(packet.payload == 1400);
  CHECK(packet.length == 1428);
}

TEST_CASE("TCP, UDP-Lite, SCTP and DCCP have headers of their own") {
  CHECK(decode_ip(ip4(IPPROTO_TCP, tcp(50))).payload == 50);
  // The field of a length says how much is checked.
  CHECK(decode_ip(ip4(136, Bytes().u16(1).u16(2).u16(8).u16(0).zeros(33).text())).payload == 33);
  CHECK(decode_ip(ip4(IPPROTO_SCTP, Bytes().u16(1).u16(2).u32(3).u32(4).zeros(20).text())).payload == 20);
  const std::string dccp = Bytes().u16(1).u16(2).u8(4).zeros(11).zeros(7).text();
  CHECK(decode_ip(ip4(IPPROTO_DCCP, dccp)).payload == 7);
}

TEST_CASE("the identifier of an echo is its port, and its header is written by the program") {
  const Packet request = decode_ip(ip4(IPPROTO_ICMP, echo(false, true, 77)));
  CHECK(request.source_port == 77);
  CHECK(request.echo_request == true);
  CHECK(request.payload == 64);
  const Packet reply = decode_ip(ip6(IPPROTO_ICMPV6, echo(true, false, 78)));
  CHECK(reply.destination_port == 78);
  CHECK(reply.echo_request == false);
  CHECK_FALSE(decode_ip(ip4(IPPROTO_ICMP, Bytes().u8(3).u8(3).zeros(30).text())).echo_request);
}

TEST_CASE("multicast is known by its address") {
  CHECK(decode_ip(ip4(IPPROTO_UDP, udp(1), {address_of("192.0.2.1"), address_of("239.1.2.3")})).to_many);
  CHECK(
      decode_ip(ip4(IPPROTO_UDP, udp(1), {address_of("192.0.2.1"), address_of("255.255.255.255")})).to_many);
  CHECK(decode_ip(ip6(IPPROTO_UDP, udp(1), {address_of("fe80::1"), address_of("ff02::fb")})).to_many);
}

TEST_CASE("what is cut, or says what cannot be, is not believed") {
  const std::string whole = ip4(IPPROTO_UDP, udp(100));
  for (std::size_t size = 0; size < 24; ++size) {
    CAPTURE(size);
    Packet packet;
    CHECK(decode_packet(LinkType::Raw, as_bytes(whole).first(size), 128, packet) == Decode::TooShort);
  }
  decode(LinkType::Ethernet, Bytes().zeros(12).u16(Six).add(whole).text(), Decode::TooShort);
  decode(LinkType::Ethernet, Bytes().zeros(12).u16(0x0806).zeros(28).text(), Decode::NotIp);
  // A UDP header that claims more than there is.
  CHECK(decode_ip(ip4(IPPROTO_UDP, Bytes().u16(1).u16(2).u16(60'000).u16(0).zeros(10).text())).payload == 10);
}

}  // namespace
}  // namespace sockutils::test::packet_test
