/// Matches host conditions against a socket.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "filter/filter_node.h"
#include "model/socket.h"

namespace sockutils::filter {

/// The result of a test of one value. An absent value is neither equal nor unequal.
enum class Match : std::uint8_t { Absent, No, Yes };

constexpr Match match_if(bool matches) { return matches ? Match::Yes : Match::No; }

/// For two values, any of which may match.
constexpr Match either(Match a, Match b) { return std::max(a, b); }

/// An IPv4 prefix covers v4-mapped addresses; scopes are compared if the prefix has one.
bool is_within(const Address& address, const Prefix& prefix);

/// `side` is one end, not `Either`.
Match match_pattern(const HostPattern& pattern, const Socket& socket, Side side);

/// The port of one end of a vsock socket.
std::optional<std::uint32_t> vsock_port(const Socket& socket, Side side);

/// The port id of one end of a netlink socket.
std::optional<std::uint32_t> netlink_port(const Socket& socket, Side side);

}  // namespace sockutils::filter
