// FTP: "220", or an error instead. SMTP greets in the same way; the text decides, or else the port.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace ftp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{21, 990};
constexpr std::array<std::uint16_t, 1> SecurePorts{990};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  const bool is_code = line.starts_with("220") || line.starts_with("421") || line.starts_with("530");
  if (!is_code || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) return std::nullopt;
  const bool is_usual = std::find(Ports.begin(), Ports.end(), reply.port) != Ports.end();
  // The answer to an SMTP command.
  const std::string_view second = after_first_reply(reply.bytes).value_or("");
  const bool refuses_ehlo =
      second.starts_with("500") || second.starts_with("502") || second.starts_with("530");
  if (!is_usual && !refuses_ehlo && line.find("FTP") == line.npos) return std::nullopt;
  if (line.find("SMTP") != line.npos) return std::nullopt;
  for (const std::string_view product : {"vsFTPd"sv, "ProFTPD"sv, "Pure-FTPd"sv, "FileZilla Server"sv})
    if (line.find(product) != line.npos)
      return ServiceIdentity{"ftp", std::string(product), std::string(word_after(line, product))};
  return ServiceIdentity{"ftp", "", ""};
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return after_reply(talk.heard, "220", {StartTls::Step::Say, "AUTH TLS\r\n"});
  return after_reply(talk.heard, "234", {StartTls::Step::Begin});
}

std::string respond(std::string_view request) {
  if (request == "AUTH TLS\r\n") return "234 go ahead\r\n";
  return request.empty() ? "220 (vsFTPd 3.0.3)\r\n" : "";
}

}  // namespace
}  // namespace ftp

const ServiceProbe Ftp{.name = "ftp",
                       .ports = ftp::Ports,
                       .match = ftp::read,
                       .reply = ftp::respond,
                       .secure_name = "ftps",
                       .secure_ports = ftp::SecurePorts,
                       .start_tls = ftp::start_tls};

}  // namespace sockutils::probe
