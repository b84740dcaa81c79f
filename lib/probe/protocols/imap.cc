// IMAP: "* OK", "* PREAUTH" or "* BYE" (RFC 9051, 7.1).

#include <array>

#include "probe/protocols/protocols.h"

namespace sockutils::probe {
namespace imap {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{143};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (!line.starts_with("* OK") && !line.starts_with("* PREAUTH") && !line.starts_with("* BYE"))
    return std::nullopt;
  return ServiceIdentity{"imap", line.find("Dovecot") != line.npos ? "Dovecot" : "", ""};
}

std::string respond(std::string_view request) {
  return request.empty() ? "* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n" : "";
}

}  // namespace
}  // namespace imap

const Dialect Imap{"imap", Protocol::Tcp, imap::Ports, nullptr, imap::read, imap::respond};

}  // namespace sockutils::probe
