/// Conditions on internet sockets that the kernel's filter bytecode can express (INET_DIAG_REQ_BYTECODE,
/// linux/inet_diag.h), and their translation. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/value.h"

namespace sockutils::kernel {

enum class End : std::uint8_t { Local, Peer };

/// A tree of conditions. The functions below build it, and fold conditions that are always or never true.
struct Condition {
  enum class Kind : std::uint8_t { Always, Never, Test, All, Any, Not };

  Kind kind = Kind::Always;
  /// Of All, Any and Not.
  std::vector<Condition> parts;
  /// Of a test: its opcode, and the data that follows it in the program.
  std::uint8_t opcode = 0;
  std::string argument;

  bool is_always() const { return kind == Kind::Always; }
  bool is_never() const { return kind == Kind::Never; }
};

Condition always();
Condition never();
Condition constant(bool value);
Condition all_of(std::vector<Condition> parts);
Condition any_of(std::vector<Condition> parts);
Condition negation(Condition part);

/// Ports as in the kernel: 0 where there is none.
Condition port_is(End end, std::uint16_t port);
Condition port_at_least(End end, std::uint16_t port);
Condition port_at_most(End end, std::uint16_t port);
/// As `matches_prefix()`: an IPv4 prefix covers v4-mapped addresses.
Condition address_within(End end, const Address& prefix, unsigned length);
/// The socket is an AF_INET6 socket.
Condition is_inet6();
/// 0: not bound to an interface.
Condition interface_is(std::uint32_t index);
Condition mark_is(std::uint32_t value, std::uint32_t mask);
Condition cgroup_is(std::uint64_t id);
/// SOCK_BINDPORT_LOCK is not set, which for the kernel is true of all mini-sockets (TIME_WAIT, SYN_RECV).
Condition autobound();

/// The program that passes sockets for which `condition` is true; empty when all pass. No value when it would
/// be longer than `LongestProgram`.
std::optional<std::string> assemble(const Condition& condition);

/// The kernel checks each jump from the start of the program, so longer programs cost more than they save.
/// The limit is well below the 16 bits of a jump and of the attribute's length.
inline constexpr std::size_t LongestProgram = 32 * 1024;

}  // namespace sockutils::kernel
