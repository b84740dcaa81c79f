// POP3: "+OK" (RFC 1939).

#include <array>

#include "probe/protocols/protocols.h"

namespace sockutils::probe {
namespace pop3 {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{110};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  if (!line.starts_with("+OK") && !(reply.port == Ports[0] && line.starts_with("-ERR"))) return std::nullopt;
  return ServiceIdentity{"pop3", line.find("Dovecot") != line.npos ? "Dovecot" : "", ""};
}

std::string respond(std::string_view request) { return request.empty() ? "+OK Dovecot ready.\r\n" : ""; }

}  // namespace
}  // namespace pop3

const Dialect Pop3{"pop3", Protocol::Tcp, pop3::Ports, nullptr, pop3::read, pop3::respond};

}  // namespace sockutils::probe
