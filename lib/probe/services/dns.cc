// DNS: the version that a server reports, version.bind TXT CH (RFC 4892).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace dns {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{53};
constexpr std::array<std::uint16_t, 1> SecurePorts{853};

constexpr std::string_view Id = "sk";
constexpr std::string_view Question =
    "\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04"
    "bind\x00\x00\x10\x00\x03"sv;

std::string ask(std::string_view) {
  return std::string(Id) + std::string("\x01\x00"sv) + std::string(Question);
}

/// The text of the first answer, whose name is a pointer to the question.
std::string_view version_of(std::string_view bytes) {
  constexpr std::size_t AnswerAt = 12 + 18;
  constexpr std::size_t TextAt = AnswerAt + 12;
  if (bytes.size() <= TextAt || bytes[7] == 0 || static_cast<std::uint8_t>(bytes[AnswerAt]) != 0xc0)
    return {};
  const std::size_t length = static_cast<std::uint8_t>(bytes[TextAt]);
  return length < bytes.size() - TextAt ? bytes.substr(TextAt + 1, length) : std::string_view{};
}

/// `dnsmasq-2.90`, `unbound 1.17.1`; BIND reports only its version.
ServiceIdentity named_server(std::string_view text) {
  for (const std::string_view product : {"dnsmasq"sv, "unbound"sv, "NSD"sv, "Knot DNS"sv, "PowerDNS"sv})
    if (text.size() > product.size() && text.starts_with(product) &&
        " -/"sv.find(text[product.size()]) != text.npos)
      return {"dns", std::string(product), std::string(text.substr(product.size() + 1))};
  return {"dns", "", std::string(text)};
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view bytes = reply.bytes;
  if (bytes.size() < 12 || !bytes.starts_with(Id) || (static_cast<std::uint8_t>(bytes[2]) & 0x80) == 0)
    return std::nullopt;
  return named_server(version_of(bytes));
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  return std::string(Id) + std::string("\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00"sv) +
         std::string(Question.substr(8)) +
         std::string(
             "\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\x07\x06"
             "9.18.1"sv);
}

/// Over TCP each message is preceded by its length (RFC 1035, 4.2.2).
std::string with_length(const std::string& message) {
  const char high = static_cast<char>(message.size() / 256);
  return std::string{high, static_cast<char>(message.size() % 256)} + message;
}

std::string ask_in_stream(std::string_view host) { return with_length(ask(host)); }

std::optional<ServiceIdentity> read_from_stream(const Reply& reply) {
  if (reply.bytes.size() < 2) return std::nullopt;
  return read({reply.bytes.substr(2), reply.port});
}

std::string respond_in_stream(std::string_view request) {
  const std::string answer = request.size() < 2 ? "" : respond(request.substr(2));
  return answer.empty() ? "" : with_length(answer);
}

}  // namespace
}  // namespace dns

const ServiceProbe Dns{"dns", Protocol::Udp, dns::Ports, dns::ask, dns::read, dns::respond};

const ServiceProbe DnsInStream{.name = "dns",
                               .ports = dns::Ports,
                               .request = dns::ask_in_stream,
                               .match = dns::read_from_stream,
                               .reply = dns::respond_in_stream,
                               .secure_ports = dns::SecurePorts};

}  // namespace sockutils::probe
