#include "family/bpf_listing.h"

#include <linux/filter.h>

#include <array>
#include <string_view>

#include "common/append_number.h"
#include "sockutils/value.h"

namespace sockutils {
namespace {

void append_hex(std::string& out, std::uint64_t number) {
  out += "0x";
  append_number(out, number, 16);
}

struct Word {
  unsigned code;
  std::string_view text;
};

constexpr std::array<Word, 3> Sizes{{{BPF_W, ""}, {BPF_H, "h"}, {BPF_B, "b"}}};

constexpr std::array<Word, 10> Operations{{{BPF_ADD, "add"},
                                           {BPF_SUB, "sub"},
                                           {BPF_MUL, "mul"},
                                           {BPF_DIV, "div"},
                                           {BPF_MOD, "mod"},
                                           {BPF_OR, "or"},
                                           {BPF_AND, "and"},
                                           {BPF_XOR, "xor"},
                                           {BPF_LSH, "lsh"},
                                           {BPF_RSH, "rsh"}}};

constexpr std::array<Word, 4> Jumps{
    {{BPF_JEQ, "jeq"}, {BPF_JGT, "jgt"}, {BPF_JGE, "jge"}, {BPF_JSET, "jset"}}};

/// What a load from SKF_AD_OFF and above brings instead of bytes of the packet.
constexpr std::array<Word, 16> Ancillary{{{SKF_AD_PROTOCOL, "protocol"},
                                          {SKF_AD_PKTTYPE, "packet type"},
                                          {SKF_AD_IFINDEX, "interface"},
                                          {SKF_AD_NLATTR, "netlink attribute"},
                                          {SKF_AD_NLATTR_NEST, "nested netlink attribute"},
                                          {SKF_AD_MARK, "mark"},
                                          {SKF_AD_QUEUE, "queue"},
                                          {SKF_AD_HATYPE, "hardware type"},
                                          {SKF_AD_RXHASH, "hash"},
                                          {SKF_AD_CPU, "cpu"},
                                          {SKF_AD_ALU_XOR_X, "a xor x"},
                                          {SKF_AD_VLAN_TAG, "vlan tag"},
                                          {SKF_AD_VLAN_TAG_PRESENT, "vlan present"},
                                          {SKF_AD_PAY_OFFSET, "payload offset"},
                                          {SKF_AD_RANDOM, "random"},
                                          {SKF_AD_VLAN_TPID, "vlan protocol"}}};

template <std::size_t N>
const Word* find(const std::array<Word, N>& words, unsigned code) {
  for (const Word& word : words)
    if (word.code == code) return &word;
  return nullptr;
}

constexpr std::uint32_t offset_of(int negative) { return static_cast<std::uint32_t>(negative); }

/// Where an absolute load reads: in the packet, in one of its headers, or beside it.
void append_offset(std::string& out, std::uint32_t k) {
  if (k >= offset_of(SKF_AD_OFF)) {
    const Word* const word = find(Ancillary, k - offset_of(SKF_AD_OFF));
    if (word != nullptr) {
      out += word->text;
      return;
    }
  }
  out += '[';
  if (k >= offset_of(SKF_NET_OFF) && k < offset_of(SKF_AD_OFF)) {
    out += "net + ";
    k -= offset_of(SKF_NET_OFF);
  } else if (k >= offset_of(SKF_LL_OFF) && k < offset_of(SKF_NET_OFF)) {
    out += "link + ";
    k -= offset_of(SKF_LL_OFF);
  }
  append_number(out, k);
  out += ']';
}

/// `word M[3]`
void append_scratch(std::string& out, std::string_view word, std::uint32_t k) {
  (out += word) += " M[";
  append_number(out, k);
  out += ']';
}

/// `word #k`, or `word x`
void append_operand(std::string& out, std::string_view word, const sock_filter& step) {
  out += word;
  if (BPF_SRC(step.code) == BPF_X) {
    out += " x";
    return;
  }
  out += " #";
  append_hex(out, step.k);
}

// Each appends an instruction of its class, or nothing when it is none.

void append_load(std::string& out, const sock_filter& step) {
  const Word* const size = find(Sizes, BPF_SIZE(step.code));
  if (size == nullptr) return;
  const bool whole_word = size->code == BPF_W;
  switch (BPF_MODE(step.code)) {
    case BPF_ABS:
      ((out += "ld") += size->text) += ' ';
      return append_offset(out, step.k);
    case BPF_IND:
      ((out += "ld") += size->text) += " [x + ";
      append_number(out, step.k);
      out += ']';
      return;
    case BPF_IMM:
      if (!whole_word) return;
      out += "ld #";
      return append_hex(out, step.k);
    case BPF_MEM:
      if (whole_word) append_scratch(out, "ld", step.k);
      return;
    case BPF_LEN:
      if (whole_word) out += "ld len";
      return;
    default:
      return;
  }
}

void append_load_x(std::string& out, const sock_filter& step) {
  const unsigned mode = BPF_MODE(step.code);
  if (BPF_SIZE(step.code) == BPF_B) {
    // The length of an IPv4 header.
    if (mode != BPF_MSH) return;
    out += "ldxb 4*([";
    append_number(out, step.k);
    out += "]&0xf)";
  } else if (BPF_SIZE(step.code) == BPF_W) {
    if (mode == BPF_IMM) {
      out += "ldx #";
      append_hex(out, step.k);
    } else if (mode == BPF_MEM) {
      append_scratch(out, "ldx", step.k);
    } else if (mode == BPF_LEN) {
      out += "ldx len";
    }
  }
}

void append_arithmetic(std::string& out, const sock_filter& step) {
  if (BPF_OP(step.code) == BPF_NEG) {
    if (BPF_SRC(step.code) == BPF_K) out += "neg";
    return;
  }
  if (const Word* const word = find(Operations, BPF_OP(step.code))) append_operand(out, word->text, step);
}

void append_jump(std::string& out, const sock_filter& step, std::uint64_t number) {
  if (BPF_OP(step.code) == BPF_JA) {
    if (BPF_SRC(step.code) != BPF_K) return;
    out += "ja ";
    return append_number(out, number + 1 + step.k);
  }
  const Word* const word = find(Jumps, BPF_OP(step.code));
  if (word == nullptr) return;
  append_operand(out, word->text, step);
  out += " jt ";
  append_number(out, number + 1 + step.jt);
  out += " jf ";
  append_number(out, number + 1 + step.jf);
}

void append_return(std::string& out, const sock_filter& step) {
  if ((step.code & ~0x1fu) != 0) return;
  if (BPF_RVAL(step.code) == BPF_A) {
    out += "ret a";
  } else if (BPF_RVAL(step.code) == BPF_X) {
    out += "ret x";
  } else if (BPF_RVAL(step.code) == BPF_K) {
    out += "ret #";
    append_number(out, step.k);
  }
}

void append_instruction(std::string& out, const sock_filter& step, std::uint64_t number) {
  if (step.code > 0xff) return;
  switch (BPF_CLASS(step.code)) {
    case BPF_LD:
      return append_load(out, step);
    case BPF_LDX:
      return append_load_x(out, step);
    case BPF_ST:
      if (step.code == BPF_ST) append_scratch(out, "st", step.k);
      return;
    case BPF_STX:
      if (step.code == BPF_STX) append_scratch(out, "stx", step.k);
      return;
    case BPF_ALU:
      return append_arithmetic(out, step);
    case BPF_JMP:
      return append_jump(out, step, number);
    case BPF_RET:
      return append_return(out, step);
    default:
      if (BPF_MISCOP(step.code) == BPF_TAX) out += "tax";
      if (BPF_MISCOP(step.code) == BPF_TXA) out += "txa";
      return;
  }
}

void append_numbers(std::string& out, const sock_filter& step) {
  out += "unknown ";
  append_hex(out, step.code);
  for (const std::uint8_t jump : {step.jt, step.jf}) {
    out += ' ';
    append_number(out, jump);
  }
  out += ' ';
  append_hex(out, step.k);
}

}  // namespace

bool append_bpf_listing(std::string& list, ByteView filter) {
  std::string text;
  std::uint64_t number = 0;
  for (; const auto step = load<sock_filter>(filter, number * sizeof(sock_filter)); ++number) {
    text.clear();
    append_instruction(text, *step, number);
    if (text.empty()) append_numbers(text, *step);
    append_element(list, text);
  }
  return number * sizeof(sock_filter) == filter.size();
}

}  // namespace sockutils
