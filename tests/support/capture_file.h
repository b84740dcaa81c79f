/// Capture files as libpcap reads them, which is what tcpdump and Wireshark do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sockutils::test {

/// A packet of TCP, UDP or ICMP over IPv4.
struct CapturedPacket {
  std::uint8_t protocol = 0;
  std::string source;
  std::string destination;
  /// Of TCP and UDP.
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// Of TCP; type and code of ICMP.
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  std::uint8_t code = 0;

  bool is_syn() const { return protocol == 6 && (flags & 0x12) == 0x02; }
  bool is_syn_ack() const { return protocol == 6 && (flags & 0x12) == 0x12; }
  bool is_reset() const { return protocol == 6 && (flags & 0x04) != 0; }
};

/// All packets over IPv4 of a file with cooked headers; no value when libpcap cannot read it to its end.
std::optional<std::vector<CapturedPacket>> read_capture(const std::string& path);

}  // namespace sockutils::test
