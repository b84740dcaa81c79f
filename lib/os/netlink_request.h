/// One request that the kernel answers with yes or no (RFC 3549, NLM_F_ACK).
#pragma once

#include "os/system.h"

namespace sockutils {

/// Sends a message of type `type` and waits for its acknowledgement. `subject` is what errors name.
/// Errors: the errno value in the answer, or those of the channel.
Result<void> netlink_request(NetlinkChannel& channel, std::uint16_t type, ByteView payload,
                             std::string_view operation, std::string_view subject);

}  // namespace sockutils
