/// From where a listener can be reached.
#pragma once

#include <string_view>

#include "model/socket.h"

namespace sockutils {

/// The widest network from which packets for `address` can come: `loopback` (this machine), `link` (machines
/// on the same link), `private` (networks that the internet does not route to), `public`, or `any`: the
/// wildcard, which is every address that the machine has. Those of multicast have the scope of their group.
/// Sources: RFC 1918, 2365, 2544, 3927, 4007, 4193, 4291, 6598.
std::string_view exposure_of(const Address& address);

/// For sockets that accept connections, or receive from anyone; empty for all others.
std::string_view exposure_of(const Socket& socket);

}  // namespace sockutils
