// MySQL and MariaDB: a handshake packet of version 10, or an error instead (for example, host blocked).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace mysql {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{3306};

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::size_t Header = 4;
  const std::string_view bytes = reply.bytes;
  if (bytes.size() < Header + 3 || bytes[3] != 0) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<std::uint8_t>(bytes[i])); };
  const std::size_t length = byte(0) | byte(1) << 8 | byte(2) << 16;
  if (length < 3 || length > 1024) return std::nullopt;
  if (byte(Header) == 0xff) {
    const unsigned error = byte(5) | byte(6) << 8;
    if (error < 1000 || error > 2000) return std::nullopt;
    return ServiceIdentity{"mysql", "", ""};
  }
  const std::size_t end = bytes.find('\0', Header + 1);
  if (byte(Header) != 10 || end == bytes.npos) return std::nullopt;
  std::string_view version = bytes.substr(Header + 1, end - Header - 1);
  const bool is_maria = version.find("MariaDB") != version.npos;
  // MariaDB prepends this for old clients.
  if (version.starts_with("5.5.5-")) version.remove_prefix(6);
  return ServiceIdentity{"mysql", is_maria ? "MariaDB" : "MySQL", std::string(version)};
}

constexpr unsigned KnowsTls = 0x0800;

/// The lower half of the server's capability flags follows its version, a number of 4 bytes, 8 bytes and a
/// NUL (Protocol::HandshakeV10).
bool knows_tls(std::string_view bytes) {
  constexpr std::size_t Header = 4;
  if (bytes.size() <= Header || bytes[Header] != 10) return false;
  const std::size_t end = bytes.find('\0', Header + 1);
  const std::size_t at = end == bytes.npos ? bytes.size() : end + 1 + 4 + 8 + 1;
  if (bytes.size() < at + 2) return false;
  return (static_cast<unsigned>(static_cast<std::uint8_t>(bytes[at + 1])) << 8 & KnowsTls) != 0;
}

/// Protocol::SSLRequest: client capabilities (PROTOCOL_41, SSL, SECURE_CONNECTION), the maximum packet size,
/// a character set, 23 zero bytes. TLS follows without a reply.
StartTls start_tls(const PlainTalk& talk) {
  constexpr std::string_view Request = "\x20\0\0\x01\x00\x8a\0\0\0\0\0\x01\x2d"sv;
  if (!read({talk.heard, Ports[0]})) return {};
  if (!knows_tls(talk.heard)) return {StartTls::Step::GiveUp};
  return {StartTls::Step::SayLast, std::string(Request) + std::string(23, '\0')};
}

std::string respond(std::string_view request) {
  if (!request.empty()) return "";
  return std::string(
      "\x1f\0\0\0\x0a"
      "8.0.36\0\x01\0\0\0saltsalt\0\xff\xff\x2d\x02\0\xff\xdf\x15\0"sv);
}

}  // namespace
}  // namespace mysql

const ServiceProbe Mysql{.name = "mysql",
                         .ports = mysql::Ports,
                         .match = mysql::read,
                         .reply = mysql::respond,
                         .start_tls = mysql::start_tls};

}  // namespace sockutils::probe
