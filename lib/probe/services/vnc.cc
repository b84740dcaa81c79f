// VNC: "RFB 003.008" (RFC 6143, 7.1.1).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace vnc {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{5900, 5901};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (line.size() != 11 || !line.starts_with("RFB ") || line[7] != '.') return std::nullopt;
  return ServiceIdentity{"vnc", "", std::string(line.substr(4))};
}

std::string respond(std::string_view request) { return request.empty() ? "RFB 003.008\n" : ""; }

}  // namespace
}  // namespace vnc

const ServiceProbe Vnc{"vnc", Protocol::Tcp, vnc::Ports, nullptr, vnc::read, vnc::respond};

}  // namespace sockutils::probe
