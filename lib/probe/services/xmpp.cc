// XMPP: a stream in reply to a stream (RFC 6120).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace xmpp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{5222, 5269};
constexpr std::array<std::uint16_t, 1> SecurePorts{5223};

std::string ask(std::string_view host) {
  return "<?xml version='1.0'?><stream:stream to='" + std::string(plain_host(host)) +
         "' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::string_view Stream = "<stream:stream";
  const std::string_view bytes = reply.bytes.substr(0, 1024);
  if (!bytes.starts_with("<?xml") && !bytes.starts_with(Stream)) return std::nullopt;
  return bytes.find(Stream) == bytes.npos ? std::nullopt : std::optional(ServiceIdentity{"xmpp", "", ""});
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return {StartTls::Step::Say, ask(talk.host)};
  if (talk.said == 1 && talk.heard.find("<starttls") != talk.heard.npos)
    return {StartTls::Step::Say, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"};
  if (talk.said == 2 && talk.heard.find("<proceed") != talk.heard.npos) return {StartTls::Step::Begin};
  const bool refused =
      talk.heard.find("</stream:") != talk.heard.npos || talk.heard.find("<failure") != talk.heard.npos;
  return {refused ? StartTls::Step::GiveUp : StartTls::Step::Wait};
}

std::string respond(std::string_view request) {
  if (request.starts_with("<?xml version='1.0'?><stream:stream"))
    return "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0'><stream:features>"
           "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>";
  if (request.starts_with("<starttls")) return "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
  return "";
}

}  // namespace
}  // namespace xmpp

const ServiceProbe Xmpp{.name = "xmpp",
                        .ports = xmpp::Ports,
                        .request = xmpp::ask,
                        .match = xmpp::read,
                        .reply = xmpp::respond,
                        .secure_name = "xmpps",
                        .secure_ports = xmpp::SecurePorts,
                        .start_tls = xmpp::start_tls};

}  // namespace sockutils::probe
