/// Closing sockets on any system.
#pragma once

#include "os/system.h"
#include "sockutils/kill.h"

namespace sockutils {

/// `close_socket()` on any system.
Result<void> close_socket(const System& system, const SocketIdentity& identity);

}  // namespace sockutils
