// PostgreSQL: one letter in reply to an SSLRequest (protocol 3, 53.2.11).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace postgresql {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{5432};

std::string ask(std::string_view) { return std::string("\0\0\0\x08\x04\xd2\x16\x2f"sv); }

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (reply.port != Ports[0] || (reply.bytes != "S" && reply.bytes != "N")) return std::nullopt;
  return ServiceIdentity{"postgresql", "", ""};
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return {StartTls::Step::Say, ask({})};
  if (talk.heard.empty()) return {};
  return {talk.heard == "S" ? StartTls::Step::Begin : StartTls::Step::GiveUp};
}

std::string respond(std::string_view request) { return request == ask({}) ? "S" : ""; }

}  // namespace
}  // namespace postgresql

const ServiceProbe Postgresql{.name = "postgresql",
                              .ports = postgresql::Ports,
                              .request = postgresql::ask,
                              .match = postgresql::read,
                              .reply = postgresql::respond,
                              .start_tls = postgresql::start_tls};

}  // namespace sockutils::probe
