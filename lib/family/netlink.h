/// netlink(7) sockets.
#pragma once

#include "family/family.h"

namespace sockutils::netlink {

/// struct netlink_diag_req of linux/netlink_diag.h.
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct netlink_diag_msg and its attributes.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);
/// A line of /proc/net/netlink.
Decode parse_line(std::string_view line, const SocketKind& kind, Socket& socket);

std::span<const Field> fields();

}  // namespace sockutils::netlink
