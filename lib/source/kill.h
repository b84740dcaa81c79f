/// Closing sockets on any system.
#pragma once

#include "sockutils/kill.h"
#include "system/system.h"

namespace sockutils {

/// `close_socket()` on any system.
Result<void> close_socket(const System& system, const SocketIdentity& identity);

}  // namespace sockutils
