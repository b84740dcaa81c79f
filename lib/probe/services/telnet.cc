// Telnet: IAC and a negotiation (RFC 854).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace telnet {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{23};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view bytes = reply.bytes;
  if (bytes.size() < 3 || bytes[0] != '\xff') return std::nullopt;
  const auto command = static_cast<std::uint8_t>(bytes[1]);
  if (command < 250 || command > 254) return std::nullopt;
  return ServiceIdentity{"telnet", "", ""};
}

std::string respond(std::string_view request) { return request.empty() ? "\xff\xfd\x18\xff\xfd\x20" : ""; }

}  // namespace
}  // namespace telnet

const ServiceProbe Telnet{"telnet", Protocol::Tcp, telnet::Ports, nullptr, telnet::read, telnet::respond};

}  // namespace sockutils::probe
