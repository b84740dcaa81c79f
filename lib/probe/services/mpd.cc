// The music player daemon: "OK MPD VERSION", with the version of the protocol. It closes the connection after
// anything that is not a command.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace mpd {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{6600};

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::string_view Greeting = "OK MPD ";
  if (!reply.bytes.starts_with(Greeting)) return std::nullopt;
  return ServiceIdentity{"mpd", "MPD protocol", std::string(first_line(reply.bytes).substr(Greeting.size()))};
}

std::string respond(std::string_view request) {
  if (request.empty()) return "OK MPD 0.23.5\n";
  return request == "ping\n" ? "OK\n" : "";
}

}  // namespace
}  // namespace mpd

const ServiceProbe Mpd{"mpd", Protocol::Tcp, mpd::Ports, nullptr, mpd::read, mpd::respond, true};

}  // namespace sockutils::probe
