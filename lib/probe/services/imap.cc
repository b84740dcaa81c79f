// IMAP: "* OK", "* PREAUTH" or "* BYE" (RFC 9051, 7.1).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace imap {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{143};
constexpr std::array<std::uint16_t, 1> SecurePorts{993};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (!line.starts_with("* OK") && !line.starts_with("* PREAUTH") && !line.starts_with("* BYE"))
    return std::nullopt;
  return ServiceIdentity{"imap", line.find("Dovecot") != line.npos ? "Dovecot" : "", ""};
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return after_line(talk.heard, "* OK", {StartTls::Step::Say, "a STARTTLS\r\n"});
  return after_line(talk.heard, "a OK", {StartTls::Step::Begin});
}

std::string respond(std::string_view request) {
  if (request == "a STARTTLS\r\n") return "a OK go ahead\r\n";
  return request.empty() ? "* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n" : "";
}

}  // namespace
}  // namespace imap

const ServiceProbe Imap{.name = "imap",
                        .ports = imap::Ports,
                        .match = imap::read,
                        .reply = imap::respond,
                        .secure_name = "imaps",
                        .secure_ports = imap::SecurePorts,
                        .start_tls = imap::start_tls};

}  // namespace sockutils::probe
