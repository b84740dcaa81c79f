// MongoDB: the reply to isMaster, recognised by the id of our request (wire protocol, OP_QUERY).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace mongodb {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{27017};

constexpr std::string_view Id = "sock";

std::string ask(std::string_view) {
  return std::string("\x3a\0\0\0"sv) + std::string(Id) +
         std::string(
             "\0\0\0\0\xd4\x07\0\0\0\0\0\0"
             "admin.$cmd\0\0\0\0\0\xff\xff\xff\xff\x13\0\0\0\x10"
             "isMaster\0\x01\0\0\0\0"sv);
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::size_t Header = 16;
  if (reply.bytes.size() < Header || reply.bytes.substr(8, 4) != Id) return std::nullopt;
  const std::string_view operation = reply.bytes.substr(12, 4);
  if (operation != "\x01\0\0\0"sv && operation != "\xdd\x07\0\0"sv) return std::nullopt;
  return ServiceIdentity{"mongodb", "", ""};
}

/// OP_REPLY without documents.
std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  return std::string("\x24\0\0\0\x01\0\0\0"sv) + std::string(Id) + std::string("\x01\0\0\0"sv) +
         std::string(20, '\0');
}

}  // namespace
}  // namespace mongodb

const ServiceProbe Mongodb{.name = "mongodb",
                           .ports = mongodb::Ports,
                           .request = mongodb::ask,
                           .match = mongodb::read,
                           .reply = mongodb::respond};

}  // namespace sockutils::probe
