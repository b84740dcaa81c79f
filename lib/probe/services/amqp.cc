// AMQP: Connection.Start in reply to a header of 0-9-1, or the header that the server wants (4.2.2).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace amqp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{5672};
constexpr std::array<std::uint16_t, 1> SecurePorts{5671};

std::string ask(std::string_view) { return std::string("AMQP\x00\x00\x09\x01"sv); }

/// A text among the server properties: its name, `S`, a length of four bytes.
std::string_view property_of(std::string_view bytes, std::string_view name) {
  const std::size_t at = bytes.find(name);
  if (at == bytes.npos || bytes.size() < at + name.size() + 5 || bytes[at + name.size()] != 'S') return {};
  const std::string_view value = bytes.substr(at + name.size() + 4);
  return value.substr(1, static_cast<std::uint8_t>(value[0]));
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::string_view Start = "\x00\x0a\x00\x0a"sv;
  if (reply.bytes.starts_with("AMQP"))
    return reply.bytes.size() < 8 ? std::nullopt : std::optional(ServiceIdentity{"amqp", "", ""});
  const bool is_start = reply.bytes.starts_with("\x01\x00\x00"sv) && reply.bytes.size() > 11 &&
                        reply.bytes.substr(7, Start.size()) == Start;
  if (!is_start) return std::nullopt;
  return ServiceIdentity{"amqp", std::string(property_of(reply.bytes, "\x07product")),
                         std::string(property_of(reply.bytes, "\x07version"))};
}

std::string respond(std::string_view request) {
  return request == ask({}) ? std::string("AMQP\x00\x01\x00\x00"sv) : "";
}

}  // namespace
}  // namespace amqp

const ServiceProbe Amqp{.name = "amqp",
                        .ports = amqp::Ports,
                        .request = amqp::ask,
                        .match = amqp::read,
                        .reply = amqp::respond,
                        .secure_name = "amqps",
                        .secure_ports = amqp::SecurePorts};

}  // namespace sockutils::probe
