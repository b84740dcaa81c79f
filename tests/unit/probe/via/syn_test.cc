#include "probe/via/syn.h"
#include "support/catch.h"

namespace sockutils::test::syn_test {
namespace {

using namespace std::string_view_literals;
using probe::decode_syn;

/// As Linux sends it: MSS 1460, SACK, timestamps, window scale 7; TOS 0xb8 is EF.
constexpr auto Syn4 =
    "\x45\xb8\x00\x3c\x12\x34\x40\x00\x3f\x06\x00\x00\x0a\x01\x00\x01\x0a\x02\x00\x02"
    "\x9c\x40\x00\x50\x00\x00\x00\x01\x00\x00\x00\x00\xa0\x02\xfa\xf0\x00\x00\x00\x00"
    "\x02\x04\x05\xb4\x04\x02\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x00\x01\x03\x03\x07"sv;

std::string with_options(std::string_view options) {
  std::string packet(Syn4.substr(0, 40));
  packet += options;
  packet.resize((packet.size() + 3) / 4 * 4);
  packet[32] = static_cast<char>((packet.size() - 20) / 4 << 4);
  return packet;
}

TEST_CASE("a SYN over IPv4 tells its TTL, TOS and options") {
  const auto facts = decode_syn(Syn4);
  REQUIRE(facts);
  CHECK(*facts == SynFacts{63, 0xb8, 1460, 7, true, true, false});
}

TEST_CASE("a SYN over IPv6 tells its hop limit and traffic class") {
  std::string packet(40, '\0');
  packet[0] = '\x6b';
  packet[1] = '\x80';
  packet[6] = '\x06';
  packet[7] = '\x40';
  packet += Syn4.substr(20);
  const auto facts = decode_syn(packet);
  REQUIRE(facts);
  CHECK(*facts == SynFacts{64, 0xb8, 1460, 7, true, true, false});
}

TEST_CASE("a SYN without options has none of them") {
  const auto facts = decode_syn(with_options(""));
  REQUIRE(facts);
  CHECK(*facts == SynFacts{63, 0xb8, {}, {}, false, false, false});
}

TEST_CASE("a SYN that asks for ECN has ECE and CWR") {
  std::string packet(Syn4);
  packet[33] = '\xc2';
  CHECK(decode_syn(packet)->ecn_setup);
  packet[33] = '\x42';
  CHECK_FALSE(decode_syn(packet)->ecn_setup);
}

TEST_CASE("broken options end the list, and what came before them counts") {
  CHECK(decode_syn(with_options("\x02\x04\x05\xb4\x03\x00"sv))->mss == 1460);
  CHECK_FALSE(decode_syn(with_options("\x02\x04\x05\xb4\x03\x00"sv))->window_scale);
  CHECK_FALSE(decode_syn(with_options("\x03\xff\x07"sv))->window_scale);
  CHECK_FALSE(decode_syn(with_options("\x00\x02\x04\x05\xb4"sv))->mss);
}

TEST_CASE("what is no TCP packet, or cut short, is no SYN") {
  for (std::size_t size = 0; size < Syn4.size(); ++size) CHECK_FALSE(decode_syn(Syn4.substr(0, size)));
  std::string udp(Syn4);
  udp[9] = 17;
  CHECK_FALSE(decode_syn(udp));
  std::string short_header(Syn4);
  short_header[0] = '\x44';
  CHECK_FALSE(decode_syn(short_header));
}

}  // namespace
}  // namespace sockutils::test::syn_test
