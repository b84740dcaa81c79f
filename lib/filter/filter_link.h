/// Host conditions of packet(7), netlink(7) and vsock(7) sockets.
#pragma once

#include <string_view>

#include "filter/filter_value.h"

namespace sockutils::filter {

/// `PROTOCOL`, `PROTOCOL:INTERFACE`; either may be `*`.
ValueResult<LinkPattern> read_link(std::string_view text, const FilterNames& names);

/// `PROTOCOL`, `PROTOCOL:PORT`; either may be `*`.
ValueResult<NetlinkPattern> read_netlink(std::string_view text);

/// A netlink port id, or `kernel` for 0.
ValueResult<std::uint32_t> read_netlink_port(std::string_view text);

/// `CID`, `CID:PORT`; either may be `*`.
ValueResult<VsockPattern> read_vsock(std::string_view text);
ValueResult<std::uint32_t> read_vsock_number(std::string_view text);

/// The same without an error message.
std::optional<std::uint16_t> ether_protocol(std::string_view text);
std::optional<std::uint32_t> netlink_port_number(std::string_view text);

}  // namespace sockutils::filter
