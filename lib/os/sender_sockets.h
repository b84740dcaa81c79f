/// What one knows, and may decide, of one's own packets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

/// The SYN that an accepted connection began with, from its IP header on; empty when the kernel has none any
/// more. It gives it once (TCP_SAVED_SYN, tcp(7); Linux 4.3).
std::string saved_syn(int fd);

/// The largest segment that our SYN of this connection allowed; no value when the kernel does not say.
std::optional<std::uint16_t> advertised_mss(int fd);

/// DSCP and ECN of what is sent from now on.
void set_tos(int fd, bool is_v6, std::uint8_t tos);
/// Of what is sent from now on: time to live, or hop limit.
void set_ttl(int fd, bool is_v6, std::uint8_t ttl);
/// Nothing is fragmented, and sizes that did not pass before are tried again (IP_PMTUDISC_PROBE, ip(7)).
void forbid_fragments(int fd, bool is_v6);
/// Of the route of a connected socket, as far as this machine knows.
std::optional<std::uint32_t> route_mtu(int fd, bool is_v6);

/// Datagrams come with their TTL from now on, see `receive_datagram()`.
void request_ttl(int fd, bool is_v6);

/// Becomes readable again and again, timerfd_create(2).
Result<UniqueFd> open_ticker(std::chrono::milliseconds period);
/// Makes it unreadable until the next time.
void take_ticks(int fd);

/// A clock that goes evenly, in microseconds.
std::uint64_t steady_microseconds();

}  // namespace sockutils
