#include "os/socket_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace sockutils {

template <class T>
void SocketName::set(const T& name, std::size_t size) {
  static_assert(sizeof name <= sizeof storage_);
  std::memcpy(&storage_, &name, sizeof name);
  size_ = static_cast<socklen_t>(size);
}

SocketName::SocketName(const Address& address, std::uint16_t port) {
  if (address.is_v6) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(port);
    name.sin6_scope_id = address.scope_id;
    std::memcpy(&name.sin6_addr, address.bytes.data(), sizeof name.sin6_addr);
    set(name, sizeof name);
  } else {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    std::memcpy(&name.sin_addr, address.bytes.data(), sizeof name.sin_addr);
    set(name, sizeof name);
  }
}

SocketName::SocketName(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::size_t length = std::min(path.size(), sizeof name.sun_path - 1);
  std::memcpy(name.sun_path, path.data(), length);
  const bool is_abstract = name.sun_path[0] == '@';
  if (is_abstract) name.sun_path[0] = '\0';
  set(name, offsetof(sockaddr_un, sun_path) + length + (is_abstract ? 0 : 1));
}

std::optional<Address> address_from(const void* name, std::size_t room) {
  sa_family_t family = AF_UNSPEC;
  if (room < sizeof family) return std::nullopt;
  std::memcpy(&family, name, sizeof family);
  Address address;
  if (family == AF_INET && room >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, name, sizeof v4);
    std::memcpy(address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return address;
  }
  if (family != AF_INET6 || room < sizeof(sockaddr_in6)) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, name, sizeof v6);
  std::memcpy(address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  address.is_v6 = true;
  if (address.is_link_local()) address.scope_id = v6.sin6_scope_id;
  return address;
}

}  // namespace sockutils
