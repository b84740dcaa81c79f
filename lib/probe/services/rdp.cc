// RDP: a connection confirm in reply to a connection request (X.224, [MS-RDPBCGR] 2.2.1).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace rdp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{3389};

/// Offers TLS and network level authentication, but begins neither.
std::string ask(std::string_view) {
  return std::string("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"sv);
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr char ConnectionConfirm = '\xd0';
  if (reply.bytes.size() < 11 || !reply.bytes.starts_with("\x03\x00\x00"sv)) return std::nullopt;
  if (reply.bytes[5] != ConnectionConfirm) return std::nullopt;
  return ServiceIdentity{"rdp", "", ""};
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  return std::string("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x02\x00\x00\x00"sv);
}

}  // namespace
}  // namespace rdp

const ServiceProbe Rdp{
    .name = "rdp", .ports = rdp::Ports, .request = rdp::ask, .match = rdp::read, .reply = rdp::respond};

}  // namespace sockutils::probe
