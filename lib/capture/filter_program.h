/// What the kernel lets through to those who count traffic. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "capture/packet.h"
#include "os/packets.h"

namespace sockutils::capture {

struct Wanted {
  /// Bytes that are taken of a packet behind its link header.
  std::uint32_t snap_length = 128;
  /// The addresses of this machine: TCP from and to them is left out, since its connections count by
  /// themselves. Without any, all TCP is let through.
  std::span<const Address> own_addresses = {};
  bool tcp = true;
};

/// Lets through what comes in and goes out, but not what is for other machines, nor what carries a VLAN tag:
/// that passes through the interface of its VLAN too. With so many addresses that a program would be too
/// long, no TCP is left out.
std::vector<BpfInstruction> make_program(const LinkLayout& layout, const Wanted& wanted);

}  // namespace sockutils::capture
