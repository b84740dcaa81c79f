// DNS: the version that servers tell of themselves, version.bind TXT CH (RFC 4892).

#include <array>

#include "probe/protocols/protocols.h"

namespace sockutils::probe {
namespace dns {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{53};

constexpr std::string_view Id = "sk";
constexpr std::string_view Question =
    "\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04"
    "bind\x00\x00\x10\x00\x03"sv;

std::string ask(std::string_view) {
  return std::string(Id) + std::string("\x01\x00"sv) + std::string(Question);
}

/// The text of the first answer, which refers to the question for its name.
std::string_view version_of(std::string_view bytes) {
  constexpr std::size_t AnswerAt = 12 + 18;
  constexpr std::size_t TextAt = AnswerAt + 12;
  if (bytes.size() <= TextAt || bytes[7] == 0 || static_cast<std::uint8_t>(bytes[AnswerAt]) != 0xc0)
    return {};
  const std::size_t length = static_cast<std::uint8_t>(bytes[TextAt]);
  return length < bytes.size() - TextAt ? bytes.substr(TextAt + 1, length) : std::string_view{};
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::string_view bytes = reply.bytes;
  if (bytes.size() < 12 || !bytes.starts_with(Id) || (static_cast<std::uint8_t>(bytes[2]) & 0x80) == 0)
    return std::nullopt;
  return ServiceIdentity{"dns", "", std::string(version_of(bytes))};
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  return std::string(Id) + std::string("\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00"sv) +
         std::string(Question.substr(8)) +
         std::string(
             "\xc0\x0c\x00\x10\x00\x03\x00\x00\x00\x00\x00\x07\x06"
             "9.18.1"sv);
}

}  // namespace
}  // namespace dns

const Dialect Dns{"dns", Protocol::Udp, dns::Ports, dns::ask, dns::read, dns::respond};

}  // namespace sockutils::probe
