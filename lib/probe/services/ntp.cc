// NTP: 48 bytes of mode 4 in reply to a client (RFC 5905, 7.3).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace ntp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{123};

constexpr std::size_t PacketSize = 48;

std::string ask(std::string_view) {
  std::string packet(PacketSize, '\0');
  packet[0] = '\x23';
  return packet;
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (reply.bytes.size() < PacketSize || (reply.bytes[0] & 7) != 4) return std::nullopt;
  return ServiceIdentity{"ntp", "", ""};
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  std::string packet(PacketSize, '\0');
  packet[0] = '\x24';
  return packet;
}

}  // namespace
}  // namespace ntp

const ServiceProbe Ntp{"ntp", Protocol::Udp, ntp::Ports, ntp::ask, ntp::read, ntp::respond};

}  // namespace sockutils::probe
