// LDAP: the reply to an anonymous bind (RFC 4511, 4.2).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace ldap {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{389, 3268};
constexpr std::array<std::uint16_t, 2> SecurePorts{636, 3269};

/// Message 1: bind, version 3, no name, simple authentication, no password.
std::string ask(std::string_view) {
  return std::string("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"sv);
}

/// The content of a BER element; empty when there is none with this tag.
std::string_view content_of(std::string_view bytes, std::uint8_t tag) {
  if (bytes.size() < 2 || static_cast<std::uint8_t>(bytes[0]) != tag) return {};
  const auto length = static_cast<std::uint8_t>(bytes[1]);
  // Above 127 this is the number of bytes that hold the length.
  return bytes.substr(std::min<std::size_t>(length < 0x80 ? 2 : 2u + (length & 0x7fu), bytes.size()));
}

/// The reply to message 1; empty when there is none.
std::string_view answer_of(std::string_view bytes) {
  constexpr std::string_view MessageOne = "\x02\x01\x01";
  const std::string_view message = content_of(bytes, 0x30);
  return message.starts_with(MessageOne) ? message.substr(MessageOne.size()) : std::string_view{};
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::uint8_t BindResponse = 0x61;
  constexpr std::string_view Result = "\x0a\x01";
  if (!content_of(answer_of(reply.bytes), BindResponse).starts_with(Result)) return std::nullopt;
  return ServiceIdentity{"ldap", "", ""};
}

/// An extended request with the OID of StartTLS (RFC 4511, 4.14).
StartTls start_tls(const PlainTalk& talk) {
  constexpr std::string_view Request =
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037";
  constexpr std::uint8_t ExtendedResponse = 0x78;
  constexpr std::string_view Success = "\x0a\x01\x00"sv;
  if (talk.said == 0) return {StartTls::Step::Say, std::string(Request)};
  const std::string_view answer = content_of(answer_of(talk.heard), ExtendedResponse);
  if (answer.size() < Success.size()) return {};
  return {answer.starts_with(Success) ? StartTls::Step::Begin : StartTls::Step::GiveUp};
}

std::string respond(std::string_view request) {
  if (request == ask({})) return std::string("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"sv);
  if (request == start_tls({}).words)
    return std::string("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"sv);
  return "";
}

}  // namespace
}  // namespace ldap

const ServiceProbe Ldap{.name = "ldap",
                        .ports = ldap::Ports,
                        .request = ldap::ask,
                        .match = ldap::read,
                        .reply = ldap::respond,
                        .secure_name = "ldaps",
                        .secure_ports = ldap::SecurePorts,
                        .start_tls = ldap::start_tls};

}  // namespace sockutils::probe
