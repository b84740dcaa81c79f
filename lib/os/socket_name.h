/// Addresses as the system calls have them.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sockutils/value.h"

namespace sockutils {

/// What connect(2) and bind(2) take.
class SocketName {
 public:
  SocketName(const Address& address, std::uint16_t port);
  /// Of a unix socket; an abstract name begins with `@`. Too long a path is cut, and then not found.
  explicit SocketName(const std::string& path);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }

 private:
  template <class T>
  void set(const T& name, std::size_t size);

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// The address in a socket address of IPv4 or IPv6, of which at most `room` bytes are there; else no value.
std::optional<Address> address_from(const void* name, std::size_t room);

}  // namespace sockutils
