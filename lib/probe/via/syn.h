/// Decodes a SYN packet as returned by TCP_SAVED_SYN.
#pragma once

#include <optional>
#include <string_view>

#include "sockutils/via.h"

namespace sockutils::probe {

/// The packet begins with an IPv4 or IPv6 header; any bytes. No value when there is no complete TCP header; a
/// malformed option ends the list of options. Pure.
std::optional<SynFacts> decode_syn(std::string_view packet);

}  // namespace sockutils::probe
