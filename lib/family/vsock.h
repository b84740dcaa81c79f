/// vsock(7) sockets: between virtual machines and their host.
#pragma once

#include "family/family.h"

namespace sockutils::vsock {

/// struct vsock_diag_req of linux/vm_sockets_diag.h (Linux 4.14).
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct vsock_diag_msg, which has no attributes.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);

std::span<const Field> fields();

}  // namespace sockutils::vsock
