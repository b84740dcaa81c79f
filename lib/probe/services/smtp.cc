// SMTP: "220 HOST ESMTP SOFTWARE" (RFC 5321, 4.2), or an error instead.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace smtp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 3> Ports{25, 465, 587};
constexpr std::array<std::uint16_t, 1> SecurePorts{465};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view line = first_line(reply.bytes);
  const bool is_code = line.starts_with("220") || line.starts_with("421") || line.starts_with("554");
  if (!is_code || (line.size() > 3 && line[3] != ' ' && line[3] != '-')) return std::nullopt;
  const bool is_usual = std::find(Ports.begin(), Ports.end(), reply.port) != Ports.end();
  const bool knows_ehlo = after_first_reply(reply.bytes).value_or("").starts_with("250");
  if (!is_usual && !knows_ehlo && line.find("SMTP") == line.npos) return std::nullopt;
  for (const std::string_view product : {"Postfix"sv, "Exim"sv, "Sendmail"sv, "OpenSMTPD"sv})
    if (line.find(product) != line.npos)
      return ServiceIdentity{"smtp", std::string(product),
                             product == "Exim"sv ? std::string(word_after(line, product)) : ""};
  return ServiceIdentity{"smtp", "", ""};
}

constexpr std::string_view Ehlo = "EHLO sockprobe\r\n";

/// A greeting of 220 may also come from an FTP server, which does not know EHLO (RFC 5321, 3.2).
std::optional<std::string> further(std::string_view heard) {
  if (!heard.starts_with("220")) return std::nullopt;
  const auto rest = after_first_reply(heard);
  if (!rest) return "";
  if (rest->empty()) return std::string(Ehlo);
  return after_first_reply(*rest) ? std::nullopt : std::optional<std::string>("");
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return after_reply(talk.heard, "220", {StartTls::Step::Say, std::string(Ehlo)});
  if (talk.said == 2) return after_reply(talk.heard, "220", {StartTls::Step::Begin});
  const bool offered = talk.heard.find("STARTTLS") != talk.heard.npos;
  return after_reply(talk.heard, offered ? "250" : "offered", {StartTls::Step::Say, "STARTTLS\r\n"});
}

std::string respond(std::string_view request) {
  if (request.starts_with("EHLO ")) return "250-mail.example\r\n250-SIZE 1000\r\n250 STARTTLS\r\n";
  if (request == "STARTTLS\r\n") return "220 go ahead\r\n";
  return request.empty() ? "220 mail.example ESMTP Exim 4.96\r\n" : "";
}

}  // namespace
}  // namespace smtp

const ServiceProbe Smtp{.name = "smtp",
                        .ports = smtp::Ports,
                        .match = smtp::read,
                        .reply = smtp::respond,
                        .secure_name = "smtps",
                        .secure_ports = smtp::SecurePorts,
                        .start_tls = smtp::start_tls,
                        .followup = smtp::further};

}  // namespace sockutils::probe
