/// The kernel filter of those that count traffic. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "capture/packet.h"
#include "os/packets.h"

namespace sockutils::capture {

struct Wanted {
  /// Bytes to keep of a packet after its link header.
  std::uint32_t snap_length = 128;
  /// The addresses of this machine: TCP from and to them is filtered out, because connections have counters
  /// of their own. When empty, all TCP passes.
  std::span<const Address> own_addresses = {};
  bool tcp = true;
};

/// Passes incoming and outgoing packets, except those for other machines and those with a VLAN tag, which
/// also pass through the interface of the VLAN. If there are so many addresses that the program would be too
/// long, no TCP is filtered out.
std::vector<BpfInstruction> make_program(const LinkLayout& layout, const Wanted& wanted);

}  // namespace sockutils::capture
