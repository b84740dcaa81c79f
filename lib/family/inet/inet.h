/// The internet families: TCP, MPTCP, UDP, UDP-Lite, SCTP, DCCP, raw and ping sockets over IPv4 and IPv6.
#pragma once

#include <span>

#include "family/family.h"
#include "family/shared.h"

namespace sockutils::inet {

/// TCP_NEW_SYN_RECV of include/net/tcp_states.h: a connection that is being made, beside `TCP_SYN_RECV`.
inline constexpr unsigned KernelNewSynRecv = 12;

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
std::span<const Field> congestion_fields();
std::span<const Field> ulp_fields();
std::span<const Field> mptcp_fields();
std::span<const Field> sctp_fields();

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
inline constexpr FactKey SocketOptions{"socket_options"};
inline constexpr FactKey RawProtocol{"raw_protocol"};
inline constexpr FactKey Md5Peers{"md5_peers"};
inline constexpr FactKey Md5Keys{"md5_keys"};
inline constexpr FactKey BpfStorages{"bpf_storages"};
inline constexpr FactKey LocalAddresses{"local_addresses"};
inline constexpr FactKey PeerAddresses{"peer_addresses"};
// Structures and nested attributes as the kernel sent them.
inline constexpr FactKey VegasInfo{"vegas_info"};
inline constexpr FactKey DctcpInfo{"dctcp_info"};
inline constexpr FactKey BbrInfo{"bbr_info"};
inline constexpr FactKey UlpInfo{"ulp_info"};
inline constexpr FactKey MptcpInfo{"mptcp_info"};
/// struct sctp_info has facts of an association, or of an end point.
inline constexpr FactKey SctpInfo{"sctp_info"};
inline constexpr FactKey SctpSocketInfo{"sctp_socket_info"};
inline constexpr FactKey SctpState{"sctp_state"};
// What /proc/net/tcp alone tells.
inline constexpr FactKey QuickAcks{"quick_acks"};
inline constexpr FactKey Interactive{"interactive"};
inline constexpr FactKey FastOpenLimit{"fastopen_limit"};
/// Set by the reader: no message says it, only the filter of the dump that brought the socket.
inline constexpr FactKey Autobound{"autobound"};

/// Whether a protocol has the states of TCP, among them `closed` where others are `unconnected`.
bool has_tcp_states(Protocol protocol);
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
