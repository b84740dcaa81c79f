/// What the kernel does with the filter of a dump, after inet_diag_bc_audit() and inet_diag_bc_run() of
/// net/ipv4/inet_diag.c: whether it takes a program, and whether that lets a socket pass.
#pragma once

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/bytes.h"
#include "sockutils/value.h"

namespace sockutils::test {

/// A socket as those programs see it.
struct BytecodeEntry {
  Address local;
  Address peer;
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  std::uint32_t interface = 0;
  std::uint32_t mark = 0;
  std::uint64_t cgroup = 0;
  bool bound_by_user = false;
};

class Bytecode {
  /// struct inet_diag_hostcond without the address that follows it.
  struct Host {
    std::uint8_t family;
    std::uint8_t prefix_len;
    std::uint16_t padding;
    std::int32_t port;
  };
  static_assert(sizeof(Host) == sizeof(inet_diag_hostcond));

 public:
  explicit Bytecode(std::string_view program) : program_(as_bytes(program)) {}

  bool passes_audit() const {
    if (program_.size() < sizeof(inet_diag_bc_op)) return false;
    std::size_t position = 0;
    while (position < program_.size()) {
      const auto op = load<inet_diag_bc_op>(program_, position);
      const std::size_t left = program_.size() - position;
      if (!op || op->code > INET_DIAG_BC_CGROUP_COND) return false;
      const std::size_t shortest = sizeof(inet_diag_bc_op) + argument_size(*op, position);
      if (left < shortest || !is_distance(op->no, shortest, left) || !is_distance(op->yes, shortest, left))
        return false;
      if (op->no < left && !is_on_the_way(position + op->no)) return false;
      position += op->yes;
    }
    return position == program_.size();
  }

  bool lets_pass(const BytecodeEntry& entry) const {
    std::size_t position = 0;
    while (position < program_.size()) {
      const auto op = load<inet_diag_bc_op>(program_, position);
      position += static_cast<std::size_t>(holds(*op, position, entry) ? op->yes : op->no);
    }
    return position == program_.size();
  }

 private:
  static bool is_distance(std::size_t distance, std::size_t shortest, std::size_t left) {
    return distance >= shortest && distance <= left + 4 && distance % 4 == 0;
  }

  std::size_t argument_size(const inet_diag_bc_op& op, std::size_t position) const {
    switch (op.code) {
      case INET_DIAG_BC_NOP:
      case INET_DIAG_BC_JMP:
      case INET_DIAG_BC_AUTO:
        return 0;
      case INET_DIAG_BC_S_COND:
      case INET_DIAG_BC_D_COND: {
        const auto host = load<Host>(program_, position + sizeof op);
        if (!host) return program_.size();
        const std::size_t address = host->family == AF_INET6 ? 16u : host->family == AF_INET ? 4u : 0u;
        return host->prefix_len > 8 * address ? program_.size() : sizeof *host + address;
      }
      case INET_DIAG_BC_MARK_COND:
      case INET_DIAG_BC_CGROUP_COND:
        return 8;
      default:
        return 4;
    }
  }

  bool is_on_the_way(std::size_t target) const {
    std::size_t position = 0;
    while (position < target) position += load<inet_diag_bc_op>(program_, position)->yes;
    return position == target;
  }

  bool holds(const inet_diag_bc_op& op, std::size_t position, const BytecodeEntry& entry) const {
    const std::size_t argument = position + sizeof op;
    const auto port = [&] { return load<inet_diag_bc_op>(program_, argument)->no; };
    switch (op.code) {
      case INET_DIAG_BC_JMP:
        return false;
      case INET_DIAG_BC_S_EQ:
        return entry.local_port == port();
      case INET_DIAG_BC_S_GE:
        return entry.local_port >= port();
      case INET_DIAG_BC_S_LE:
        return entry.local_port <= port();
      case INET_DIAG_BC_D_EQ:
        return entry.peer_port == port();
      case INET_DIAG_BC_D_GE:
        return entry.peer_port >= port();
      case INET_DIAG_BC_D_LE:
        return entry.peer_port <= port();
      case INET_DIAG_BC_AUTO:
        return !entry.bound_by_user;
      case INET_DIAG_BC_S_COND:
        return host_holds(argument, entry.local, entry.local_port);
      case INET_DIAG_BC_D_COND:
        return host_holds(argument, entry.peer, entry.peer_port);
      case INET_DIAG_BC_DEV_COND:
        return load<std::uint32_t>(program_, argument) == entry.interface;
      case INET_DIAG_BC_MARK_COND: {
        const auto mark = load<inet_diag_markcond>(program_, argument);
        return (entry.mark & mark->mask) == mark->mark;
      }
      case INET_DIAG_BC_CGROUP_COND:
        return load<std::uint64_t>(program_, argument) == entry.cgroup;
      default:
        return true;
    }
  }

  bool host_holds(std::size_t argument, const Address& address, std::uint16_t port) const {
    const auto host = load<Host>(program_, argument);
    if (host->port != -1 && host->port != port) return false;
    const ByteView wanted = program_.subspan(argument + sizeof *host);
    const int family = address.is_v6 ? AF_INET6 : AF_INET;
    const auto* bytes = address.bytes.data();
    if (host->family != AF_UNSPEC && host->family != family) {
      if (family != AF_INET6 || !address.is_v4_mapped()) return false;
      bytes += 12;
    }
    for (unsigned bit = 0; bit < host->prefix_len; ++bit) {
      const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % 8));
      if (((bytes[bit / 8] ^ static_cast<std::uint8_t>(wanted[bit / 8])) & mask) != 0) return false;
    }
    return true;
  }

  ByteView program_;
};

}  // namespace sockutils::test
