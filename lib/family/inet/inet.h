/// The internet families: TCP, UDP, UDP-Lite, raw and ping sockets over IPv4 and IPv6.
#pragma once

#include <span>

#include "family/family.h"
#include "family/shared.h"

namespace sockutils::inet {

/// struct inet_diag_req_v2 of linux/inet_diag.h.
void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct inet_diag_req, the request of kernels before 3.3, which later ones still answer: TCP only, but
/// both families in one walk over the table, which is most of what a dump costs on an idle machine.
void append_both_families_request(std::string& out, const SocketKind& kind, const DumpRequest& request);
/// struct inet_diag_msg and its attributes.
Decode decode(ByteView payload, const SocketKind& kind, Socket& socket);
/// A line of /proc/net/tcp, udp, raw, icmp and the like.
Decode parse_line(std::string_view line, const SocketKind& kind, Socket& socket);

std::span<const Field> fields();
std::span<const Field> tcp_info_fields();

// What the decoders put into the bag; the fields read it.
inline constexpr FactKey TcpInfo{"tcp_info"};
inline constexpr FactKey CongestionControl{"congestion_control"};
inline constexpr FactKey Timer{"timer"};
inline constexpr FactKey TimerExpires{"timer_expires"};
inline constexpr FactKey TimerRetransmits{"timer_retransmits"};
inline constexpr FactKey Tos{"tos"};
inline constexpr FactKey TrafficClass{"traffic_class"};
inline constexpr FactKey ClassId{"class_id"};
inline constexpr FactKey Mark{"mark"};
inline constexpr FactKey CgroupId{"cgroup_id"};
/// Set by the reader: no message says it, only the filter of the dump that brought the socket.
inline constexpr FactKey Autobound{"autobound"};

/// The state that the kernel's number stands for with this protocol, or none.
std::optional<State> state_of(Protocol protocol, unsigned number);
/// Fills in what follows from the state: mini-sockets have no owner, a timer of 0 is no timer.
struct Ownership {
  std::uint32_t uid;
  std::uint64_t inode;
};
void set_ownership(Socket& socket, const Ownership& ownership);
/// A peer is there when it has an address or a port.
void set_endpoints(Socket& socket, const Address& local, std::uint16_t local_port, const Address& peer,
                   std::uint16_t peer_port);
void set_timer(Socket& socket, unsigned timer, std::uint64_t expires_microseconds, unsigned retransmits);

}  // namespace sockutils::inet
