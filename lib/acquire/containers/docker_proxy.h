/// docker-proxy: the process that takes connections for a container's published port.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sockutils/value.h"

namespace sockutils {

/// Where it hands connections on to.
struct ProxyTarget {
  Protocol protocol;
  Address address;
  std::uint16_t port;
};

/// Reads its arguments as /proc/PID/cmdline has them, each ended by a NUL: `-proto tcp -host-ip 0.0.0.0
/// -host-port 8080 -container-ip 172.17.0.2 -container-port 80`. No value when they lead nowhere. Pure.
std::optional<ProxyTarget> parse_docker_proxy(std::string_view command_line);

}  // namespace sockutils
