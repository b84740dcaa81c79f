/// unix(7) sockets.
#pragma once

#include "family/family.h"

namespace sockutils::unix_domain {

/// struct unix_diag_req of linux/unix_diag.h.
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct unix_diag_msg and its attributes.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);
/// A record of /proc/net/unix, which is several lines when a path holds newlines.
Decode parse_record(std::string_view record, const SocketKind& kind, Socket& socket);
bool begins_record(std::string_view line);

/// Inode number of the other end.
std::optional<std::uint64_t> peer_inode(const Socket& socket);
/// The name that others find a socket by.
std::optional<std::string_view> own_path(const Socket& socket);
/// Adds the name of the other end, which no message of the kernel holds.
void set_peer_path(Socket& socket, std::string_view path);

std::span<const Field> fields();

}  // namespace sockutils::unix_domain
