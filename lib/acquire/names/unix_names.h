/// What the other ends of unix sockets are called.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "model/socket.h"

namespace sockutils {

/// The kernel tells of a socket's peer no more than its inode number; the name is that of another socket.
/// Not for several threads at once.
class UnixNames {
 public:
  /// Remembers the socket's name, when it has one.
  void learn(const Socket& socket);
  /// Adds the name of its peer to a unix socket, when that is known.
  void complete(Socket& socket) const;

 private:
  std::unordered_map<std::uint64_t, std::string> names_;
};

}  // namespace sockutils
