// memcached: "VERSION x.y.z".

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace memcached {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{11211};

std::string ask(std::string_view) { return "version\r\n"; }

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::string_view Answer = "VERSION ";
  if (!reply.bytes.starts_with(Answer)) return std::nullopt;
  return ServiceIdentity{"memcached", "memcached",
                         std::string(first_line(reply.bytes).substr(Answer.size()))};
}

std::string respond(std::string_view request) { return request == ask({}) ? "VERSION 1.6.18\r\n" : ""; }

}  // namespace
}  // namespace memcached

const ServiceProbe Memcached{"memcached",    Protocol::Tcp,   memcached::Ports,
                             memcached::ask, memcached::read, memcached::respond};

}  // namespace sockutils::probe
