#include "family/bpf_listing.h"

#include <linux/filter.h>

#include <vector>

#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"

namespace sockutils::test::bpf_listing_test {
namespace {

using Lines = std::vector<std::string>;

struct Listed {
  bool whole;
  Lines lines;
};

Listed listed(std::string_view bytes) {
  std::string packed;
  const bool whole = append_bpf_listing(packed, as_bytes(bytes));
  const TextList list(packed);
  return {whole, Lines(list.begin(), list.end())};
}

std::string program(const std::vector<sock_filter>& steps) {
  std::string bytes;
  for (const sock_filter& step : steps) append_object(bytes, step);
  return bytes;
}

std::string one(std::uint16_t code, std::uint32_t k = 0) {
  return listed(program({{code, 0, 0, k}})).lines.front();
}

}  // namespace

TEST_CASE("a filter for a TCP port over IPv4 reads as packet filters are written") {
  const auto [whole, lines] = listed(program({
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 8, 0x800},
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 23},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 6, 6},
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, 20},
      {BPF_JMP | BPF_JSET | BPF_K, 4, 0, 0x1fff},
      {BPF_LDX | BPF_B | BPF_MSH, 0, 0, 14},
      {BPF_LD | BPF_H | BPF_IND, 0, 0, 16},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 22},
      {BPF_RET | BPF_K, 0, 0, 262144},
      {BPF_RET | BPF_K, 0, 0, 0},
  }));
  CHECK(whole);
  CHECK(lines == Lines{"ldh [12]", "jeq #0x800 jt 2 jf 10", "ldb [23]", "jeq #0x6 jt 4 jf 10", "ldh [20]",
                       "jset #0x1fff jt 10 jf 6", "ldxb 4*([14]&0xf)", "ldh [x + 16]", "jeq #0x16 jt 9 jf 10",
                       "ret #262144", "ret #0"});
}

TEST_CASE("every instruction of classic BPF has its words") {
  CHECK(one(BPF_LD | BPF_W | BPF_ABS, 30) == "ld [30]");
  CHECK(one(BPF_LD | BPF_IMM, 255) == "ld #0xff");
  CHECK(one(BPF_LD | BPF_MEM, 3) == "ld M[3]");
  CHECK(one(BPF_LD | BPF_W | BPF_LEN) == "ld len");
  CHECK(one(BPF_LD | BPF_B | BPF_IND, 1) == "ldb [x + 1]");
  CHECK(one(BPF_LDX | BPF_W | BPF_IMM, 7) == "ldx #0x7");
  CHECK(one(BPF_LDX | BPF_MEM, 15) == "ldx M[15]");
  CHECK(one(BPF_LDX | BPF_W | BPF_LEN) == "ldx len");
  CHECK(one(BPF_ST, 2) == "st M[2]");
  CHECK(one(BPF_STX, 2) == "stx M[2]");
  CHECK(one(BPF_ALU | BPF_ADD | BPF_K, 4) == "add #0x4");
  CHECK(one(BPF_ALU | BPF_XOR | BPF_X) == "xor x");
  CHECK(one(BPF_ALU | BPF_MOD | BPF_K, 8) == "mod #0x8");
  CHECK(one(BPF_ALU | BPF_NEG) == "neg");
  CHECK(one(BPF_JMP | BPF_JA, 5) == "ja 6");
  CHECK(one(BPF_JMP | BPF_JGE | BPF_X) == "jge x jt 1 jf 1");
  CHECK(one(BPF_RET | BPF_A) == "ret a");
  CHECK(one(BPF_RET | BPF_X) == "ret x");
  CHECK(one(BPF_MISC | BPF_TAX) == "tax");
  CHECK(one(BPF_MISC | BPF_TXA) == "txa");
}

TEST_CASE("loads from beside the packet say what they bring") {
  const auto at = [](int offset) { return static_cast<std::uint32_t>(offset); };
  CHECK(one(BPF_LD | BPF_W | BPF_ABS, at(SKF_AD_OFF + SKF_AD_PKTTYPE)) == "ld packet type");
  CHECK(one(BPF_LD | BPF_H | BPF_ABS, at(SKF_AD_OFF + SKF_AD_VLAN_TAG)) == "ldh vlan tag");
  CHECK(one(BPF_LD | BPF_B | BPF_ABS, at(SKF_NET_OFF + 9)) == "ldb [net + 9]");
  CHECK(one(BPF_LD | BPF_W | BPF_ABS, at(SKF_LL_OFF)) == "ld [link + 0]");
  CHECK(one(BPF_LD | BPF_W | BPF_ABS, at(SKF_AD_OFF + 2)) == "ld [4294963202]");
}

TEST_CASE("what is no instruction is written in numbers") {
  CHECK(listed(program({{0xffff, 1, 2, 3}})).lines == Lines{"unknown 0xffff 1 2 0x3"});
  CHECK(one(BPF_LD | BPF_B | BPF_IMM, 1) == "unknown 0x10 0 0 0x1");
  CHECK(one(BPF_ALU | 0xf0) == "unknown 0xf4 0 0 0x0");
  CHECK(one(BPF_RET | 0x18) == "unknown 0x1e 0 0 0x0");
  CHECK(one(BPF_MISC | 0x40) == "unknown 0x47 0 0 0x0");
}

TEST_CASE("an empty filter has no instruction, and a cut one says so") {
  CHECK(listed("").whole);
  CHECK(listed("").lines.empty());
  const std::string bytes = program({{BPF_RET | BPF_K, 0, 0, 1}, {BPF_RET | BPF_K, 0, 0, 0}});
  for (std::size_t length = 9; length < bytes.size(); ++length) {
    const auto [whole, lines] = listed(std::string_view(bytes).substr(0, length));
    CHECK_FALSE(whole);
    CHECK(lines == Lines{"ret #1"});
  }
}

TEST_CASE("any two bytes of an instruction give one element without a comma") {
  for (unsigned code = 0; code < 0x200; ++code) {
    const std::string line = one(static_cast<std::uint16_t>(code), 0xfffff004);
    CHECK_FALSE(line.empty());
    CHECK(line.find(',') == std::string::npos);
  }
}

}  // namespace sockutils::test::bpf_listing_test
