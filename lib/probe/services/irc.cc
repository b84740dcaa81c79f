// IRC: servers that speak first send a notice (RFC 2812).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace irc {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{6667};
constexpr std::array<std::uint16_t, 1> SecurePorts{6697};

std::optional<ServiceIdentity> read(const Reply& reply) {
  std::string_view line = first_line(reply.bytes);
  if (line.starts_with(':')) line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
  if (!line.starts_with("NOTICE AUTH ") && !line.starts_with("NOTICE * ")) return std::nullopt;
  return ServiceIdentity{"irc", "", ""};
}

std::string respond(std::string_view request) {
  return request.empty() ? ":irc.example NOTICE * :*** Looking up your hostname...\r\n" : "";
}

}  // namespace
}  // namespace irc

const ServiceProbe Irc{.name = "irc",
                       .ports = irc::Ports,
                       .match = irc::read,
                       .reply = irc::respond,
                       .secure_name = "ircs",
                       .secure_ports = irc::SecurePorts};

}  // namespace sockutils::probe
