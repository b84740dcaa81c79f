/// One end of a connection or datagram.
#pragma once

#include <cstdint>
#include <string>

#include "sockutils/value.h"

namespace sockutils {

struct Sockaddr {
  Address address;
  std::uint16_t port = 0;

  friend auto operator<=>(const Sockaddr&, const Sockaddr&) = default;
};

/// `192.0.2.1:80`, `[2001:db8::1]:80`
inline std::string to_string(const Sockaddr& end) {
  const std::string host = end.address.to_string();
  return (end.address.is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(end.port);
}

}  // namespace sockutils
