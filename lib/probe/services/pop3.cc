// POP3: "+OK" (RFC 1939).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace pop3 {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{110};
constexpr std::array<std::uint16_t, 1> SecurePorts{995};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (!line.starts_with("+OK") && !(reply.port == Ports[0] && line.starts_with("-ERR"))) return std::nullopt;
  return ServiceIdentity{"pop3", line.find("Dovecot") != line.npos ? "Dovecot" : "", ""};
}

/// RFC 2595, 4.
StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return after_line(talk.heard, "+OK", {StartTls::Step::Say, "STLS\r\n"});
  return after_line(talk.heard, "+OK", {StartTls::Step::Begin});
}

std::string respond(std::string_view request) {
  if (request == "STLS\r\n") return "+OK go ahead\r\n";
  return request.empty() ? "+OK Dovecot ready.\r\n" : "";
}

}  // namespace
}  // namespace pop3

const ServiceProbe Pop3{.name = "pop3",
                        .ports = pop3::Ports,
                        .match = pop3::read,
                        .reply = pop3::respond,
                        .secure_name = "pop3s",
                        .secure_ports = pop3::SecurePorts,
                        .start_tls = pop3::start_tls};

}  // namespace sockutils::probe
