/// Host conditions against a socket.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "filter/filter_node.h"
#include "model/socket.h"

namespace sockutils::filter {

/// What a test says of one value. Absent is neither: what is not there is not unequal either.
enum class Match : std::uint8_t { Absent, No, Yes };

constexpr Match match_if(bool matches) { return matches ? Match::Yes : Match::No; }

/// Of two values where any may match.
constexpr Match either(Match a, Match b) { return std::max(a, b); }

/// An IPv4 prefix covers v4-mapped addresses; a scope counts when the prefix has one.
bool is_within(const Address& address, const Prefix& prefix);

/// `side` is one end, not `Either`.
Match match_pattern(const HostPattern& pattern, const Socket& socket, Side side);

/// The port of a vsock socket's end.
std::optional<std::uint32_t> vsock_port(const Socket& socket, Side side);

/// The port id of a netlink socket's end.
std::optional<std::uint32_t> netlink_port(const Socket& socket, Side side);

}  // namespace sockutils::filter
