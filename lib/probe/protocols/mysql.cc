// MySQL and MariaDB: a handshake packet of version 10, or an error before it (host blocked, say).

#include <array>

#include "probe/protocols/protocols.h"

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
  // For old clients MariaDB has this in front.
  if (version.starts_with("5.5.5-")) version.remove_prefix(6);
  return ServiceIdentity{"mysql", is_maria ? "MariaDB" : "MySQL", std::string(version)};
}

std::string respond(std::string_view request) {
  if (!request.empty()) return "";
  return std::string(
      "\x0c\0\0\0\x0a"
      "8.0.36\0\x01\0\0\0"sv);
}

}  // namespace
}  // namespace mysql

const Dialect Mysql{"mysql", Protocol::Tcp, mysql::Ports, nullptr, mysql::read, mysql::respond};

}  // namespace sockutils::probe
