// rsync: "@RSYNCD: VERSION".

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace rsync {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{873};

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::string_view Greeting = "@RSYNCD: ";
  if (!reply.bytes.starts_with(Greeting)) return std::nullopt;
  return ServiceIdentity{"rsync", "rsync", ""};
}

std::string respond(std::string_view request) { return request.empty() ? "@RSYNCD: 31.0 sha512\n" : ""; }

}  // namespace
}  // namespace rsync

const ServiceProbe Rsync{"rsync", Protocol::Tcp, rsync::Ports, nullptr, rsync::read, rsync::respond};

}  // namespace sockutils::probe
