// TLS: a handshake or alert record in reply to a ClientHello (RFC 8446, 5.1). What is inside TLS is not
// examined here.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace tls {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 16> Ports{322,  443,  465,  636,  853,  990,  993,  995,
                                              3269, 5061, 5223, 5671, 6380, 6697, 8443, 8883};

/// TLS 1.2 without extensions, with ciphers that servers still support.
constexpr std::string_view ClientHello =
    "\x16\x03\x01\x00\x3b\x01\x00\x00\x37\x03\x03"
    "sockprobe asks who is over there"
    "\x00\x00\x10\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xc0\x30\x00\x9c\x00\x2f\x01\x00"sv;
static_assert(ClientHello.size() == 5 + 0x3b);

std::string ask(std::string_view) { return std::string(ClientHello); }

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view bytes = reply.bytes;
  if (bytes.size() < 6 || (bytes[0] != '\x16' && bytes[0] != '\x15') || bytes[1] != 3) return std::nullopt;
  if (bytes[0] == '\x16' && bytes[5] != 2) return std::nullopt;
  return ServiceIdentity{"tls", "", ""};
}

/// "handshake failure".
std::string respond(std::string_view request) {
  return request.starts_with("\x16\x03"sv) ? std::string("\x15\x03\x03\x00\x02\x02\x28"sv) : "";
}

}  // namespace
}  // namespace tls

const ServiceProbe Tls{"tls", Protocol::Tcp, tls::Ports, tls::ask, tls::read, tls::respond};

}  // namespace sockutils::probe
