// HTTP/1.1: "HTTP/" in reply to a GET.

#include <array>

#include "probe/services/protocols.h"

namespace sockutils::probe {
namespace http {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint16_t, 8> Ports{80, 8000, 8008, 8080, 8081, 8888, 3000, 5000};

constexpr std::array<std::uint16_t, 2> SecurePorts{443, 8443};

std::string ask(std::string_view host) {
  return "GET / HTTP/1.1\r\nHost: " + std::string(plain_host(host)) +
         "\r\nUser-Agent: sockprobe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

std::optional<ServiceIdentity> read(const Reply& reply) {
  if (!reply.bytes.starts_with("HTTP/")) return std::nullopt;
  const std::string_view server = header_of(reply.bytes, "server");
  const std::string_view product = server.substr(0, server.find_first_of("/ "));
  const std::string_view version = server.size() > product.size() && server[product.size()] == '/'
                                       ? word_after(server, "/")
                                       : std::string_view{};
  return ServiceIdentity{"http", std::string(product), std::string(version)};
}

std::string respond(std::string_view request) {
  if (request.find("\r\n\r\n") == request.npos) return "";
  return "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

}  // namespace
}  // namespace http

const ServiceProbe Http{.name = "http",
                        .ports = http::Ports,
                        .request = http::ask,
                        .match = http::read,
                        .reply = http::respond,
                        .secure_name = "https",
                        .secure_ports = http::SecurePorts,
                        .closes_after_reply = true};

}  // namespace sockutils::probe
