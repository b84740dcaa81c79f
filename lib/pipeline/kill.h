/// Closes sockets on any `System`.
#pragma once

#include "os/system.h"
#include "sockutils/kill.h"

namespace sockutils {

/// `close_socket()` for any `System`.
Result<void> close_socket(const System& system, const SocketIdentity& identity);

}  // namespace sockutils
