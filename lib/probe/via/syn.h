/// Reading a SYN packet as TCP_SAVED_SYN gives it.
#pragma once

#include <optional>
#include <string_view>

#include "sockutils/via.h"

namespace sockutils::probe {

/// From an IPv4 or IPv6 header on; any bytes. No value when it is no whole TCP header; options that are
/// broken end the list. Pure.
std::optional<SynFacts> decode_syn(std::string_view packet);

}  // namespace sockutils::probe
