/// Any bytes as a packet of any link type, alone and added up with others.
#include <array>
#include <cstdint>

#include "capture/flows.h"
#include "fuzz_target.h"

using namespace sockutils;

namespace {

constexpr std::array<capture::LinkType, 9> LinkTypes{
    capture::LinkType::Null, capture::LinkType::Ethernet, capture::LinkType::RawLinux,
    capture::LinkType::Raw,  capture::LinkType::Loop,     capture::LinkType::Cooked,
    capture::LinkType::Ipv4, capture::LinkType::Ipv6,     capture::LinkType::Cooked2};

/// What a decoder says has to be possible.
void check(const capture::Packet& packet, std::uint32_t length) {
  if (packet.length > length) __builtin_trap();
  if (!packet.fragment && packet.payload > packet.length) __builtin_trap();
}

}  // namespace

FUZZ_TARGET(packet)(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const ByteView bytes = std::as_bytes(std::span(data + 3, size - 3));
  const capture::LinkType type = LinkTypes[data[0] % LinkTypes.size()];
  // On the wire it may be longer than what was taken, and shorter when a header lies.
  const std::uint32_t length =
      data[1] % 4 == 0 ? data[2] * 257U : static_cast<std::uint32_t>(bytes.size()) + data[2];
  capture::Packet packet;
  static_cast<void>(capture::decode_packet(type, bytes, length, packet));
  check(packet, length);
  capture::FlowTable table;
  table.add({{}, bytes, length}, type);
  table.add({{}, bytes, length}, type);
  for (const TrafficFlow& flow : table.take_flows())
    if (flow.packets % 2 != 0) __builtin_trap();
  return 0;
}
