#include "model/exposure.h"

#include <array>

namespace sockutils {
namespace {

struct Block {
  Address prefix;
  unsigned length;
  std::string_view exposure;
};

constexpr Address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  Address address;
  address.bytes = {a, b, c, d};
  return address;
}

constexpr Address v6(std::uint8_t first, std::uint8_t second) {
  Address address;
  address.is_v6 = true;
  address.bytes = {first, second};
  return address;
}

/// What is in none of them is public.
constexpr std::array Blocks{
    Block{v4(169, 254, 0, 0), 16, "link"},      // RFC 3927
    Block{v4(224, 0, 0, 0), 24, "link"},        // RFC 5771: local network control block
    Block{v4(255, 255, 255, 255), 32, "link"},  // RFC 919: never forwarded
    Block{v4(10, 0, 0, 0), 8, "private"},       // RFC 1918
    Block{v4(172, 16, 0, 0), 12, "private"},    // RFC 1918
    Block{v4(192, 168, 0, 0), 16, "private"},   // RFC 1918
    Block{v4(100, 64, 0, 0), 10, "private"},    // RFC 6598: behind a carrier's NAT
    Block{v4(198, 18, 0, 0), 15, "private"},    // RFC 2544: benchmarks
    Block{v4(239, 0, 0, 0), 8, "private"},      // RFC 2365: administratively scoped
    Block{v6(0xfe, 0x80), 10, "link"},          // RFC 4291
    Block{v6(0xfe, 0xc0), 10, "private"},       // RFC 3879: site-local, given up
    Block{v6(0xfc, 0x00), 7, "private"},        // RFC 4193
};

/// The scope of a multicast group is the lower half of its second byte (RFC 4291, 2.7, and RFC 7346).
std::string_view exposure_of_group(unsigned scope) {
  if (scope <= 1) return "loopback";
  if (scope == 2) return "link";
  return scope < 0xe ? "private" : "public";
}

bool receives_from_anyone(const Socket& socket) {
  if (!socket.state || !ListeningStates.contains(*socket.state)) return false;
  // A ping socket gets the answers to what it sent, and nothing else.
  return socket.protocol != Protocol::Icmp && (socket.local_port || socket.protocol == Protocol::Raw);
}

}  // namespace

std::string_view exposure_of(const Address& address) {
  if (address.is_wildcard() || matches_prefix(address, v4(0, 0, 0, 0), 32)) return "any";
  if (address.is_loopback()) return "loopback";
  if (address.is_v6 && address.bytes[0] == 0xff) return exposure_of_group(address.bytes[1] & 0xfu);
  for (const Block& block : Blocks)
    if (matches_prefix(address, block.prefix, block.length)) return block.exposure;
  return "public";
}

std::string_view exposure_of(const Socket& socket) {
  if (!socket.local_address || !receives_from_anyone(socket)) return {};
  // The loopback interface is the first of every network namespace (LOOPBACK_IFINDEX in the kernel): what is
  // bound to it gets nothing from elsewhere.
  constexpr std::uint32_t LoopbackInterface = 1;
  return socket.interface == LoopbackInterface ? "loopback" : exposure_of(*socket.local_address);
}

}  // namespace sockutils
