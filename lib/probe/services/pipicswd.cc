// A small home automation daemon: "1 open 2 closed", then it closes. It serves one client at a time.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace pipicswd {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{5001, 5002};

std::string ask(std::string_view) { return "status"; }

bool is_state(std::string_view word) {
  return word == "open" || word == "closed" || word == "on" || word == "off";
}

/// Pairs of a number and a state.
std::optional<ServiceIdentity> read(const Reply& reply) {
  std::string_view rest = first_line(reply.bytes);
  if (rest.empty()) return std::nullopt;
  for (bool number = true; !rest.empty(); number = !number) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, blank);
    if (number ? word.find_first_not_of("0123456789") != word.npos || word.empty() : !is_state(word))
      return std::nullopt;
    rest.remove_prefix(std::min(blank + 1, rest.size()));
    if (rest.empty() && number) return std::nullopt;
  }
  return ServiceIdentity{reply.port == Ports[1] ? "pipichbd" : "pipicswd", "", ""};
}

std::string respond(std::string_view request) { return request == "status" ? "1 open 2 closed" : ""; }

}  // namespace
}  // namespace pipicswd

const ServiceProbe Pipicswd{.name = "pipicswd",
                            .ports = pipicswd::Ports,
                            .request = pipicswd::ask,
                            .match = pipicswd::read,
                            .reply = pipicswd::respond,
                            .is_delicate = true,
                            .closes_after_reply = true};

}  // namespace sockutils::probe
