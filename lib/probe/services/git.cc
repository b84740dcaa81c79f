// git: a packet line of references, or an error, in reply to a request for a repository (git-protocol-pack).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace git {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{9418};

bool are_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

std::string ask(std::string_view host) {
  // The length of the line in four digits, including these.
  const std::string line = "git-upload-pack /" + std::string(1, '\0') +
                           "host=" + std::string(plain_host(host)) + std::string(1, '\0');
  constexpr std::string_view Digits = "0123456789abcdef";
  const std::size_t size = line.size() + 4;
  return std::string("0") + Digits[size / 256 % 16] + Digits[size / 16 % 16] + Digits[size % 16] + line;
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::size_t Least = 8;
  constexpr std::size_t Hash = 40;
  if (reply.bytes.size() < Least || !are_hex(reply.bytes.substr(0, 4))) return std::nullopt;
  const std::string_view line = reply.bytes.substr(4);
  if (!line.starts_with("ERR ") && (line.size() < Hash || !are_hex(line.substr(0, Hash))))
    return std::nullopt;
  return ServiceIdentity{"git", "", ""};
}

std::string respond(std::string_view request) {
  return request.find("git-upload-pack ") == 4 ? "0016ERR access denied" : "";
}

}  // namespace
}  // namespace git

const ServiceProbe Git{
    .name = "git", .ports = git::Ports, .request = git::ask, .match = git::read, .reply = git::respond};

}  // namespace sockutils::probe
