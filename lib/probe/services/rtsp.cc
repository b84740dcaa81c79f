// RTSP: the reply to OPTIONS (RFC 2326, 10.1).

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace rtsp {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 2> Ports{554, 8554};
constexpr std::array<std::uint16_t, 1> SecurePorts{322};

std::string ask(std::string_view) { return "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: sockprobe\r\n\r\n"; }

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (!reply.bytes.starts_with("RTSP/1.0 ")) return std::nullopt;
  return ServiceIdentity{"rtsp", std::string(header_of(reply.bytes, "server")), ""};
}

std::string respond(std::string_view request) {
  return request == ask({}) ? "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: camera\r\nPublic: DESCRIBE\r\n\r\n" : "";
}

}  // namespace
}  // namespace rtsp

const ServiceProbe Rtsp{.name = "rtsp",
                        .ports = rtsp::Ports,
                        .request = rtsp::ask,
                        .match = rtsp::read,
                        .reply = rtsp::respond,
                        .secure_name = "rtsps",
                        .secure_ports = rtsp::SecurePorts};

}  // namespace sockutils::probe
