/// The end of internet sockets: asking for it, and hearing of it.
#pragma once

#include <string>

#include "family/family.h"
#include "sockutils/kill.h"

namespace sockutils::inet {

/// struct inet_diag_req_v2, as SOCK_DESTROY wants it.
void append_destroy_request(std::string& out, const SocketIdentity& identity);

/// Reads the payload of a message of the destroy groups into a cleared socket: struct inet_diag_msg,
/// INET_DIAG_PROTOCOL and INET_DIAG_INFO. Owner, user and inode are never in it. `Malformed` also without a
/// protocol that this library knows. Source: sock_diag_broadcast_destroy_work() and
/// inet_diag_handler_get_info() of Linux.
Decode decode_destroyed(ByteView payload, Socket& socket);

}  // namespace sockutils::inet
