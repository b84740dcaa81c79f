#include "probe/via/syn.h"

#include <cstddef>
#include <cstdint>

namespace sockutils::probe {
namespace {

/// The bytes of a packet, in network order; past the end they read as 0, on which no caller relies.
class Packet {
 public:
  explicit Packet(std::string_view bytes) : bytes_(bytes) {}
  std::size_t size() const { return bytes_.size(); }
  unsigned byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at]) : 0;
  }
  std::string_view from(std::size_t at) const {
    return at < bytes_.size() ? bytes_.substr(at) : std::string_view{};
  }

 private:
  std::string_view bytes_;
};

/// Returns the offset of the TCP header, and fills in facts of the IP header; no value for another protocol.
std::optional<std::size_t> read_ip(const Packet& packet, SynFacts& facts) {
  constexpr unsigned Tcp = 6;
  constexpr std::size_t HeaderOfIpv6 = 40;
  const unsigned version = packet.byte(0) >> 4;
  if (version == 4 && packet.byte(9) == Tcp) {
    facts.tos = static_cast<std::uint8_t>(packet.byte(1));
    facts.ttl = static_cast<std::uint8_t>(packet.byte(8));
    const std::size_t length = std::size_t{4} * (packet.byte(0) & 15);
    return length >= 20 ? std::optional(length) : std::nullopt;
  }
  // In practice SYN packets have no IPv6 extension headers.
  if (version != 6 || packet.byte(6) != Tcp) return std::nullopt;
  facts.tos = static_cast<std::uint8_t>((packet.byte(0) & 15) << 4 | packet.byte(1) >> 4);
  facts.ttl = static_cast<std::uint8_t>(packet.byte(7));
  return HeaderOfIpv6;
}

/// Reads one TCP option; `size` includes its kind and length bytes.
void read_option(const Packet& option, std::size_t size, SynFacts& facts) {
  constexpr unsigned Mss = 2;
  constexpr unsigned WindowScale = 3;
  constexpr unsigned SackPermitted = 4;
  constexpr unsigned Timestamps = 8;
  const unsigned kind = option.byte(0);
  if (kind == Mss && size == 4) facts.mss = static_cast<std::uint16_t>(option.byte(2) << 8 | option.byte(3));
  if (kind == WindowScale && size == 3) facts.window_scale = static_cast<std::uint8_t>(option.byte(2));
  if (kind == SackPermitted && size == 2) facts.sack_permitted = true;
  if (kind == Timestamps && size == 10) facts.timestamps = true;
}

void read_options(std::string_view options, SynFacts& facts) {
  constexpr unsigned End = 0;
  constexpr unsigned Nothing = 1;
  while (!options.empty()) {
    const Packet option(options);
    if (option.byte(0) == End) return;
    const std::size_t size = option.byte(0) == Nothing ? 1 : option.byte(1);
    if (size == 0 || size > options.size() || (size == 1 && option.byte(0) != Nothing)) return;
    read_option(option, size, facts);
    options.remove_prefix(size);
  }
}

}  // namespace

std::optional<SynFacts> decode_syn(std::string_view bytes) {
  constexpr std::size_t FixedPart = 20;
  const Packet packet(bytes);
  SynFacts facts;
  const auto start = read_ip(packet, facts);
  if (!start || packet.size() < *start + FixedPart) return std::nullopt;
  const Packet tcp(packet.from(*start));
  const std::size_t length = std::size_t{4} * (tcp.byte(12) >> 4);
  if (length < FixedPart || length > tcp.size()) return std::nullopt;
  constexpr unsigned EceAndCwr = 0xc0;
  facts.ecn_setup = (tcp.byte(13) & EceAndCwr) == EceAndCwr;
  read_options(tcp.from(FixedPart).substr(0, length - FixedPart), facts);
  return facts;
}

}  // namespace sockutils::probe
