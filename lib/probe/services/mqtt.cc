// MQTT 3.1.1: CONNACK in reply to CONNECT.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace mqtt {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{1883};
constexpr std::array<std::uint16_t, 1> SecurePorts{8883};

std::string ask(std::string_view) { return std::string("\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00"sv); }

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (reply.bytes.size() < 4 || reply.bytes[0] != '\x20' || reply.bytes[1] != 2) return std::nullopt;
  return ServiceIdentity{"mqtt", "", ""};
}

std::string respond(std::string_view request) {
  return request == ask({}) ? std::string("\x20\x02\x00\x00"sv) : "";
}

}  // namespace
}  // namespace mqtt

const ServiceProbe Mqtt{.name = "mqtt",
                        .ports = mqtt::Ports,
                        .request = mqtt::ask,
                        .match = mqtt::read,
                        .reply = mqtt::respond,
                        .secure_name = "mqtts",
                        .secure_ports = mqtt::SecurePorts};

}  // namespace sockutils::probe
