// X11: the reply to a connection setup of version 11 (X Window System Protocol, 8).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace x11 {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 4> Ports{6000, 6001, 6002, 6003};

std::string ask(std::string_view) { return std::string("l\0\x0b\0\0\0\0\0\0\0\0\0"sv); }

/// Bytes 24 and 25 hold the length of the vendor, which begins at byte 40; the release number comes before
/// them.
std::string_view vendor_of(std::string_view bytes) {
  constexpr std::size_t VendorAt = 40;
  if (bytes[0] != 1 || bytes.size() < VendorAt) return {};
  return bytes.substr(VendorAt, static_cast<std::uint8_t>(bytes[24]));
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  constexpr std::size_t Least = 8;
  if (reply.bytes.size() < Least || static_cast<std::uint8_t>(reply.bytes[0]) > 1) return std::nullopt;
  if (reply.bytes.substr(2, 2) != "\x0b\0"sv) return std::nullopt;
  return ServiceIdentity{"x11", std::string(vendor_of(reply.bytes)), ""};
}

/// "Go away".
std::string respond(std::string_view request) {
  return request == ask({}) ? std::string("\0\x07\x0b\0\0\0\x02\0Go away\0"sv) : "";
}

}  // namespace
}  // namespace x11

const ServiceProbe X11{
    .name = "x11", .ports = x11::Ports, .request = x11::ask, .match = x11::read, .reply = x11::respond};

}  // namespace sockutils::probe
