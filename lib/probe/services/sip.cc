// SIP: the reply to OPTIONS, which no proxy forwards (RFC 3261, 11).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace sip {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{5060};

std::string ask(std::string_view host) {
  const std::string name(plain_host(host));
  return "OPTIONS sip:" + name +
         " SIP/2.0\r\nVia: SIP/2.0/UDP sockprobe.invalid;branch=z9hG4bKsockprobe;rport\r\n" +
         "Max-Forwards: 0\r\nFrom: <sip:sockprobe@sockprobe.invalid>;tag=1\r\nTo: <sip:" + name + ">\r\n" +
         "Call-ID: sockprobe\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (!reply.bytes.starts_with("SIP/2.0 ")) return std::nullopt;
  const std::string_view server = header_of(reply.bytes, "server");
  return ServiceIdentity{"sip", std::string(server.empty() ? header_of(reply.bytes, "user-agent") : server),
                         ""};
}

std::string respond(std::string_view request) {
  return request.starts_with("OPTIONS sip:") ? "SIP/2.0 483 Too Many Hops\r\nServer: switch 1\r\n\r\n" : "";
}

}  // namespace
}  // namespace sip

const ServiceProbe Sip{.name = "sip",
                       .transport = Protocol::Udp,
                       .ports = sip::Ports,
                       .request = sip::ask,
                       .match = sip::read,
                       .reply = sip::respond};

}  // namespace sockutils::probe
