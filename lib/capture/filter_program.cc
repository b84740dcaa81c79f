#include "capture/filter_program.h"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>

#include <cstring>

namespace sockutils::capture {
namespace {

/// The maximum jump distance is 255 instructions.
constexpr std::size_t LongestProgram = 250;

enum class Label : std::uint8_t { Next, Accept, Reject, Four, Six, OwnAddress, NotThis };

/// Instructions whose jumps go to labels.
class Assembler {
 public:
  void add(std::uint16_t code, std::uint32_t operand) { lines_.push_back({code, operand, {}, {}}); }
  void jump(std::uint16_t condition, std::uint32_t operand, Label if_true, Label if_false) {
    const auto code = static_cast<std::uint16_t>(BPF_JMP | condition | BPF_K);
    lines_.push_back({code, operand, if_true, if_false});
  }
  void jump_always(Label to) { lines_.push_back({BPF_JMP | BPF_JA, 0, to, {}}); }
  /// Defines a label at the next instruction, for all jumps before it.
  void here(Label label) {
    for (std::size_t i = 0; i < lines_.size(); ++i) resolve(i, label);
  }
  std::size_t size() const { return lines_.size(); }

  std::vector<BpfInstruction> finish() const {
    std::vector<BpfInstruction> program;
    for (const Line& line : lines_)
      program.push_back({line.code, line.if_true_offset, line.if_false_offset, line.operand});
    return program;
  }

 private:
  struct Line {
    std::uint16_t code;
    std::uint32_t operand;
    Label if_true = Label::Next;
    Label if_false = Label::Next;
    std::uint8_t if_true_offset = 0;
    std::uint8_t if_false_offset = 0;
  };

  void resolve(std::size_t i, Label label) {
    Line& line = lines_[i];
    const auto distance = static_cast<std::uint8_t>(lines_.size() - i - 1);
    if (line.code == (BPF_JMP | BPF_JA)) {
      if (line.if_true == label) line.operand = distance;
    } else {
      if (line.if_true == label) line.if_true_offset = distance;
      if (line.if_false == label) line.if_false_offset = distance;
    }
    if (line.if_true == label) line.if_true = Label::Next;
    if (line.if_false == label) line.if_false = Label::Next;
  }

  std::vector<Line> lines_;
};

std::uint32_t word_of(const Address& address, std::size_t word) {
  std::uint32_t raw = 0;
  std::memcpy(&raw, address.bytes.data() + 4 * word, sizeof raw);
  return ntohl(raw);
}

void load_absolute(Assembler& program, std::uint16_t size, std::uint32_t offset) {
  program.add(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), offset);
}

void load_way(Assembler& program, const LinkLayout& layout) {
  load_absolute(program, layout.way_is_byte ? BPF_B : BPF_H, layout.way);
}

/// Loads the offset of this machine's address into X: the source of outgoing packets, else the destination.
void find_own_address(Assembler& program, const LinkLayout& layout, std::uint32_t source,
                      std::uint32_t destination) {
  load_way(program, layout);
  program.add(BPF_LDX | BPF_W | BPF_IMM, source);
  program.jump(BPF_JEQ, PACKET_OUTGOING, Label::OwnAddress, Label::Next);
  program.add(BPF_LDX | BPF_W | BPF_IMM, destination);
  program.here(Label::OwnAddress);
}

void leave_out_v4(Assembler& program, const LinkLayout& layout, std::span<const Address> addresses) {
  load_absolute(program, BPF_B, layout.size + 9);
  program.jump(BPF_JEQ, IPPROTO_TCP, Label::Next, Label::Accept);
  find_own_address(program, layout, 12, 16);
  program.add(BPF_LD | BPF_W | BPF_IND, layout.size);
  for (const Address& address : addresses)
    if (!address.is_v6) program.jump(BPF_JEQ, word_of(address, 0), Label::Reject, Label::Next);
  // All of 127.0.0.0/8 belongs to this machine.
  program.add(BPF_ALU | BPF_AND | BPF_K, 0xff000000);
  program.jump(BPF_JEQ, 0x7f000000, Label::Reject, Label::Accept);
}

/// Compares the last word first, because that is where addresses usually differ.
void leave_out_v6(Assembler& program, const LinkLayout& layout, std::span<const Address> addresses) {
  load_absolute(program, BPF_B, layout.size + 6);
  program.jump(BPF_JEQ, IPPROTO_TCP, Label::Next, Label::Accept);
  find_own_address(program, layout, 8, 24);
  for (const Address& address : addresses) {
    if (!address.is_v6) continue;
    for (std::size_t word = 4; word-- > 0;) {
      program.add(BPF_LD | BPF_W | BPF_IND, layout.size + 4 * static_cast<std::uint32_t>(word));
      program.jump(BPF_JEQ, word_of(address, word), word == 0 ? Label::Reject : Label::Next, Label::NotThis);
    }
    program.here(Label::NotThis);
  }
  program.jump_always(Label::Accept);
}

void leave_out_own_tcp(Assembler& program, const LinkLayout& layout, std::span<const Address> addresses) {
  load_absolute(program, BPF_H, layout.protocol);
  program.jump(BPF_JEQ, ETHERTYPE_IP, Label::Four, Label::Next);
  program.jump(BPF_JEQ, ETHERTYPE_IPV6, Label::Six, Label::Accept);
  program.here(Label::Four);
  leave_out_v4(program, layout, addresses);
  program.here(Label::Six);
  leave_out_v6(program, layout, addresses);
}

/// TCP over either version of IP, unless it has extension headers.
void leave_out_tcp(Assembler& program, const LinkLayout& layout) {
  load_absolute(program, BPF_H, layout.protocol);
  program.jump(BPF_JEQ, ETHERTYPE_IP, Label::Four, Label::Next);
  program.jump(BPF_JEQ, ETHERTYPE_IPV6, Label::Six, Label::Accept);
  program.here(Label::Four);
  load_absolute(program, BPF_B, layout.size + 9);
  program.jump(BPF_JEQ, IPPROTO_TCP, Label::Reject, Label::Accept);
  program.here(Label::Six);
  load_absolute(program, BPF_B, layout.size + 6);
  program.jump(BPF_JEQ, IPPROTO_TCP, Label::Reject, Label::Accept);
}

void begin_program(Assembler& program, const LinkLayout& layout) {
  load_absolute(program, BPF_B, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT));
  program.jump(BPF_JEQ, 0, Label::Next, Label::Reject);
  load_way(program, layout);
  program.jump(BPF_JEQ, PACKET_OTHERHOST, Label::Reject, Label::Next);
}

void end_program(Assembler& program, std::uint32_t length) {
  program.here(Label::Accept);
  program.add(BPF_RET | BPF_K, length);
  program.here(Label::Reject);
  program.add(BPF_RET | BPF_K, 0);
}

}  // namespace

std::vector<BpfInstruction> make_program(const LinkLayout& layout, const Wanted& wanted) {
  // For cooked packets the kernel applies the length before it adds the link header.
  const std::uint32_t length = wanted.snap_length + layout.size;
  Assembler program;
  begin_program(program, layout);
  Assembler all = program;
  if (!wanted.tcp)
    leave_out_tcp(program, layout);
  else if (!wanted.own_addresses.empty() && wanted.own_addresses.size() < LongestProgram / 4)
    leave_out_own_tcp(program, layout, wanted.own_addresses);
  end_program(program, length);
  if (program.size() <= LongestProgram) return program.finish();
  end_program(all, length);
  return all.finish();
}

}  // namespace sockutils::capture
