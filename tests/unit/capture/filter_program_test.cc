#include "capture/filter_program.h"

#include <linux/filter.h>
#include <netinet/in.h>

#include "support/catch.h"
#include "unit/capture/frames.h"

namespace sockutils::test::filter_program_test {
namespace {

using capture::LinkType;
using capture::Wanted;

/// What the kernel would do, as far as these programs go (net/core/filter.c). How many bytes are taken.
std::uint32_t run(const std::vector<BpfInstruction>& program, const std::string& packet,
                  bool tagged = false) {
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  const auto load_at = [&](std::size_t offset, unsigned size) -> std::optional<std::uint32_t> {
    if (offset + size > packet.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(packet[offset + i]);
    return value;
  };
  for (std::size_t at = 0; at < program.size(); ++at) {
    const BpfInstruction& line = program[at];
    const unsigned size = BPF_SIZE(line.code) == BPF_B ? 1 : BPF_SIZE(line.code) == BPF_H ? 2 : 4;
    if (BPF_CLASS(line.code) == BPF_RET) return line.operand;
    if (BPF_CLASS(line.code) == BPF_LD) {
      if (line.operand == static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)) {
        a = tagged;
        continue;
      }
      const auto value = load_at(line.operand + (BPF_MODE(line.code) == BPF_IND ? x : 0), size);
      if (!value) return 0;
      a = *value;
    }
    if (BPF_CLASS(line.code) == BPF_LDX) x = line.operand;
    if (BPF_CLASS(line.code) == BPF_ALU) a &= line.operand;
    if (line.code == (BPF_JMP | BPF_JA)) at += line.operand;
    if (line.code == (BPF_JMP | BPF_JEQ | BPF_K)) at += a == line.operand ? line.if_true : line.if_false;
  }
  FAIL("a program without an end");
  return 0;
}

bool passes(const Wanted& wanted, const std::string& packet, bool tagged = false) {
  return run(make_program(*capture::layout_of(LinkType::Cooked2), wanted), packet, tagged) > 0;
}

TEST_CASE("what comes in and goes out passes, what is for others does not") {
  const std::string ip = ip4(IPPROTO_UDP, udp(5));
  CHECK(passes({}, cooked(In, Four, ip)));
  CHECK(passes({}, cooked(Out, Four, ip)));
  CHECK_FALSE(passes({}, cooked(OtherHost, Four, ip)));
  CHECK_FALSE(passes({}, cooked(In, Four, ip), true));
  CHECK(run(make_program(*capture::layout_of(LinkType::Cooked), {}),
            Bytes().u16(Out).u16(1).u16(6).zeros(8).u16(Four).add(ip).text()) > 0);
}

TEST_CASE("TCP of this machine is left out, that of others and all else is not") {
  const std::vector<Address> own{address_of("198.51.100.7"), address_of("192.0.2.1"),
                                 address_of("2001:db8::2"), address_of("2001:db8::1")};
  const Wanted wanted{128, own, true};
  const Ends back{address_of("192.0.2.2"), address_of("192.0.2.1")};
  const Ends back6{ends6().destination, ends6().source};
  CHECK_FALSE(passes(wanted, cooked(Out, Four, ip4(IPPROTO_TCP, tcp(5)))));
  CHECK_FALSE(passes(wanted, cooked(In, Four, ip4(IPPROTO_TCP, tcp(5), back))));
  CHECK_FALSE(passes(wanted, cooked(Out, Six, ip6(IPPROTO_TCP, tcp(5)))));
  CHECK_FALSE(passes(wanted, cooked(In, Six, ip6(IPPROTO_TCP, tcp(5), back6))));
  CHECK(passes(wanted, cooked(In, Four, ip4(IPPROTO_TCP, tcp(5)))));
  CHECK(passes(wanted, cooked(Out, Four, ip4(IPPROTO_TCP, tcp(5), back))));
  const Ends others6{address_of("2001:db8::3"), address_of("2001:db8:1::1")};
  CHECK(passes(wanted, cooked(Out, Six, ip6(IPPROTO_TCP, tcp(5), others6))));
  CHECK(passes(wanted, cooked(In, Six, ip6(IPPROTO_TCP, tcp(5), others6))));
  CHECK(passes(wanted, cooked(Out, Four, ip4(IPPROTO_UDP, udp(5)))));
  CHECK(passes(wanted, cooked(Out, Six, ip6(IPPROTO_UDP, udp(5)))));
  CHECK(passes(wanted, cooked(Out, 0x0806, std::string(28, 'x'))));
  const Ends loopback{address_of("127.0.0.1"), address_of("127.9.9.9")};
  CHECK_FALSE(passes(wanted, cooked(In, Four, ip4(IPPROTO_TCP, tcp(5), loopback))));
}

TEST_CASE("a program that would be too long lets all TCP through") {
  std::vector<Address> own;
  for (unsigned i = 0; i < 60; ++i) own.push_back(address_of(("2001:db8::" + std::to_string(i + 1)).c_str()));
  const auto program = make_program(*capture::layout_of(LinkType::Cooked2), {128, own, true});
  CHECK(program.size() < 250);
  CHECK(run(program, cooked(Out, Six, ip6(IPPROTO_TCP, tcp(5)))) > 0);
  own.resize(20);
  CHECK_FALSE(passes({128, own, true}, cooked(Out, Six, ip6(IPPROTO_TCP, tcp(5)))));
}

TEST_CASE("TCP can be left out altogether") {
  const Wanted wanted{128, {}, false};
  CHECK_FALSE(passes(wanted, cooked(In, Four, ip4(IPPROTO_TCP, tcp(5)))));
  CHECK_FALSE(passes(wanted, cooked(In, Six, ip6(IPPROTO_TCP, tcp(5)))));
  CHECK(passes(wanted, cooked(In, Four, ip4(IPPROTO_UDP, udp(5)))));
}

}  // namespace
}  // namespace sockutils::test::filter_program_test
