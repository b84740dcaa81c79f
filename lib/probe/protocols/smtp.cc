// SMTP: "220 HOST ESMTP SOFTWARE" (RFC 5321, 4.2), and errors in its place.

#include <array>

#include "probe/protocols/protocols.h"

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
  if (!is_usual && line.find("SMTP") == line.npos) return std::nullopt;
  for (const std::string_view product : {"Postfix"sv, "Exim"sv, "Sendmail"sv, "OpenSMTPD"sv})
    if (line.find(product) != line.npos)
      return ServiceIdentity{"smtp", std::string(product),
                             product == "Exim"sv ? std::string(word_after(line, product)) : ""};
  return ServiceIdentity{"smtp", "", ""};
}

StartTls start_tls(const PlainTalk& talk) {
  if (talk.said == 0) return after_reply(talk.heard, "220", {StartTls::Step::Say, "EHLO sockprobe\r\n"});
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

const Dialect Smtp{.name = "smtp",
                   .ports = smtp::Ports,
                   .read = smtp::read,
                   .respond = smtp::respond,
                   .secure_name = "smtps",
                   .secure_ports = smtp::SecurePorts,
                   .start_tls = smtp::start_tls};

}  // namespace sockutils::probe
