// SNMP: sysDescr of the community "public", recognised by the id of our request (RFC 1157).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace snmp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 1> Ports{161};

/// sysDescr.0
constexpr std::string_view Object = "\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00"sv;
constexpr std::string_view RequestId = "\x02\x04sock";

std::string ask(std::string_view) {
  return std::string("\x30\x29\x02\x01\x00\x04\x06public\xa0\x1c"sv) + std::string(RequestId) +
         std::string("\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c"sv) + std::string(Object) +
         std::string("\x05\x00"sv);
}

/// The text after the object; its length is one byte, or a byte with the number of length bytes.
std::string_view description_of(std::string_view bytes) {
  constexpr std::size_t LongestShown = 64;
  const std::size_t at = bytes.find(Object);
  std::string_view value = at == bytes.npos ? std::string_view{} : bytes.substr(at + Object.size());
  if (value.size() < 2 || value[0] != '\x04') return {};
  std::size_t length = static_cast<std::uint8_t>(value[1]);
  value.remove_prefix(2);
  if (length >= 0x80) {
    value.remove_prefix(std::min<std::size_t>(length - 0x80, value.size()));
    length = value.size();
  }
  return first_line(value.substr(0, std::min(length, LongestShown)));
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  const std::size_t id = reply.bytes.find(RequestId);
  constexpr char Response = '\xa2';
  const bool is_response = reply.bytes.starts_with('\x30') && id != reply.bytes.npos &&
                           reply.bytes.substr(0, id).find(Response) != reply.bytes.npos;
  if (!is_response) return std::nullopt;
  return ServiceIdentity{"snmp", std::string(description_of(reply.bytes)), ""};
}

std::string respond(std::string_view request) {
  if (request != ask({})) return "";
  std::string answer(request);
  answer[1] += 7;
  answer[13] = '\xa2';
  answer[14] += 7;
  answer[28] += 7;
  answer[30] += 7;
  answer.resize(answer.size() - 2);
  return answer + "\x04\x07router1";
}

}  // namespace
}  // namespace snmp

const ServiceProbe Snmp{.name = "snmp",
                        .transport = Protocol::Udp,
                        .ports = snmp::Ports,
                        .request = snmp::ask,
                        .match = snmp::read,
                        .reply = snmp::respond};

}  // namespace sockutils::probe
