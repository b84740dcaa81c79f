/// AF_XDP sockets (Documentation/networking/af_xdp.rst).
#pragma once

#include "family/family.h"

namespace sockutils::xdp {

/// struct xdp_diag_req of linux/xdp_diag.h (Linux 5.1).
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct xdp_diag_msg and its attributes.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);

std::span<const Field> fields();

}  // namespace sockutils::xdp
