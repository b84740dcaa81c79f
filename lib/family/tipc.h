/// TIPC sockets (tipc(7)).
#pragma once

#include "family/family.h"

namespace sockutils::tipc {

/// struct tipc_sock_diag_req of linux/tipc_sockets_diag.h (Linux 4.17).
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// The attributes of TIPC_NLA_SOCK, linux/tipc_netlink.h; there is no fixed part.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);

std::span<const Field> fields();

}  // namespace sockutils::tipc
