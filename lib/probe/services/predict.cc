// The satellite predictor, over UDP. Some other commands reach a shell (PREDICT, GET_SAT_POS) or change its
// state (RELOAD_TLE); this one only reports.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace predict {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{1210};

std::string ask(std::string_view) { return "GET_VERSION\n"; }

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (line == "Huh?") return ServiceIdentity{"predict", "PREDICT", ""};
  const bool is_version = line.size() >= 3 && line.size() < 16 && line.find('.') != line.npos &&
                          line.find_first_not_of("0123456789.") == line.npos;
  if (reply.port != Ports[0] || !is_version) return std::nullopt;
  return ServiceIdentity{"predict", "PREDICT", std::string(line)};
}

std::string respond(std::string_view request) { return request == ask({}) ? "2.2.5\n" : "Huh?\n"; }

}  // namespace
}  // namespace predict

const ServiceProbe Predict{"predict",    Protocol::Udp, predict::Ports,
                           predict::ask, predict::read, predict::respond};

}  // namespace sockutils::probe
