// SSH: "SSH-2.0-SOFTWARE", possibly after other lines (RFC 4253, 4.2).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace ssh {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{22};

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::size_t at = reply.bytes.starts_with("SSH-") ? 0 : reply.bytes.find("\nSSH-") + 1;
  if (at == 0 && !reply.bytes.starts_with("SSH-")) return std::nullopt;
  const std::string_view line = first_line(reply.bytes.substr(at));
  const std::size_t dash = line.find('-', 4);
  if (dash == line.npos) return ServiceIdentity{"ssh", "", ""};
  const std::string_view software = line.substr(dash + 1, line.find(' ', dash) - dash - 1);
  const std::size_t split = std::min(software.find('_'), software.size());
  return ServiceIdentity{"ssh", std::string(software.substr(0, split)),
                         std::string(software.substr(std::min(split + 1, software.size())))};
}

std::string respond(std::string_view request) {
  return request.empty() ? "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n" : "";
}

}  // namespace
}  // namespace ssh

const ServiceProbe Ssh{"ssh", Protocol::Tcp, ssh::Ports, nullptr, ssh::read, ssh::respond};

}  // namespace sockutils::probe
