// Any bytes as a packet of which it is to be told whose it is, and as a capture file that a server sent.

#include <cstdint>
#include <span>
#include <string_view>

#include "capture/pcap_file.h"
#include "fuzz_target.h"
#include "sockutils/capture.h"

FUZZ_TARGET(capture_flows)(const std::uint8_t* data, std::size_t size) {
  using namespace sockutils;
  if (size < 3) return 0;
  // Half of the ports and one host, so that answers of both kinds are easily found.
  static CaptureFlows flows;
  static const bool filled = [] {
    flows.add_host(Address::v4({192, 0, 2, 2}));
    for (std::uint32_t port = 1; port < 32'768; ++port) {
      flows.add_far_port(Protocol::Tcp, static_cast<std::uint16_t>(port));
      flows.add_near_port(Protocol::Tcp, static_cast<std::uint16_t>(port));
      flows.add_served_port(Protocol::Udp, static_cast<std::uint16_t>(port));
    }
    return true;
  }();
  static_cast<void>(filled);
  const auto bytes = std::as_bytes(std::span(data + 3, size - 3));
  const int link_type = data[0] << 8 | data[1];
  // On the wire it may be longer than what was taken.
  const auto length = static_cast<std::uint32_t>(bytes.size()) + data[2];
  const bool held = flows.hold(link_type, bytes, length);
  // A packet that is no fragment of another one is judged alike each time.
  if (held && !flows.hold(link_type, bytes, length)) __builtin_trap();
  static_cast<void>(capture::is_capture_file({reinterpret_cast<const char*>(data), size}));
  return 0;
}
