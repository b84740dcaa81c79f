// Kafka: the reply to ApiVersions, recognised by our correlation id.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace kafka {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{9092};

constexpr std::string_view Id = "sock";

std::string ask(std::string_view) {
  return std::string("\x00\x00\x00\x13\x00\x12\x00\x00"sv) + std::string(Id) +
         std::string("\x00\x09sockprobe"sv);
}

/// A length, our id, and an error code of two bytes.
std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::size_t Least = 10;
  if (reply.bytes.size() < Least || reply.bytes.substr(4, 4) != Id || reply.bytes[0] != '\0')
    return std::nullopt;
  return ServiceIdentity{"kafka", "", ""};
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  return std::string("\x00\x00\x00\x0a"sv) + std::string(Id) + std::string("\x00\x00\x00\x00\x00\x00"sv);
}

}  // namespace
}  // namespace kafka

const ServiceProbe Kafka{.name = "kafka",
                         .ports = kafka::Ports,
                         .request = kafka::ask,
                         .match = kafka::read,
                         .reply = kafka::respond};

}  // namespace sockutils::probe
