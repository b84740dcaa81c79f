/// Who has to do with a socket.
#pragma once

#include <span>

#include "sockutils/value.h"

namespace sockutils {

/// Spans into tables that belong to who made this.
struct Holders {
  std::span<const Owner> owners = {};
  /// Those of the other end, and those behind a docker-proxy.
  std::span<const Owner> peers = {};
  std::span<const Owner> proxied = {};
};

}  // namespace sockutils
