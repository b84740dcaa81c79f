/// The owners related to a socket.
#pragma once

#include <span>

#include "sockutils/value.h"

namespace sockutils {

/// Spans into the tables of the object that returned this.
struct Holders {
  std::span<const Owner> owners = {};
  /// The owners of the other end, and those behind a docker-proxy.
  std::span<const Owner> peers = {};
  std::span<const Owner> proxied = {};
};

}  // namespace sockutils
