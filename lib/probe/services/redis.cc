// Redis: "+PONG", or an error that asks for a password.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace redis {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{6379};
constexpr std::array<std::uint16_t, 1> SecurePorts{6380};

std::string ask(std::string_view) { return "PING\r\n"; }

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (line != "+PONG" && !line.starts_with("-NOAUTH") && !line.starts_with("-DENIED")) return std::nullopt;
  return ServiceIdentity{"redis", "", ""};
}

std::string respond(std::string_view request) { return request == ask({}) ? "+PONG\r\n" : ""; }

}  // namespace
}  // namespace redis

const ServiceProbe Redis{.name = "redis",
                         .ports = redis::Ports,
                         .request = redis::ask,
                         .match = redis::read,
                         .reply = redis::respond,
                         .secure_name = "rediss",
                         .secure_ports = redis::SecurePorts};

}  // namespace sockutils::probe
