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
inline constexpr AttributeKey TcpInfo{"tcp_info"};
inline constexpr AttributeKey CongestionControl{"congestion_control"};
inline constexpr AttributeKey Timer{"timer"};
inline constexpr AttributeKey TimerExpires{"timer_expires"};
inline constexpr AttributeKey TimerRetransmits{"timer_retransmits"};
inline constexpr AttributeKey Tos{"tos"};
inline constexpr AttributeKey TrafficClass{"traffic_class"};
inline constexpr AttributeKey ClassId{"class_id"};
inline constexpr AttributeKey Mark{"mark"};
inline constexpr AttributeKey CgroupId{"cgroup_id"};
inline constexpr AttributeKey SocketOptions{"socket_options"};
inline constexpr AttributeKey RawProtocol{"raw_protocol"};
inline constexpr AttributeKey Md5Peers{"md5_peers"};
inline constexpr AttributeKey Md5Keys{"md5_keys"};
inline constexpr AttributeKey BpfStorages{"bpf_storages"};
inline constexpr AttributeKey LocalAddresses{"local_addresses"};
inline constexpr AttributeKey PeerAddresses{"peer_addresses"};
// Structures and nested attributes as the kernel sent them.
inline constexpr AttributeKey VegasInfo{"vegas_info"};
inline constexpr AttributeKey DctcpInfo{"dctcp_info"};
inline constexpr AttributeKey BbrInfo{"bbr_info"};
inline constexpr AttributeKey UlpInfo{"ulp_info"};
inline constexpr AttributeKey MptcpInfo{"mptcp_info"};
/// struct sctp_info has facts of an association, or of an end point.
inline constexpr AttributeKey SctpInfo{"sctp_info"};
inline constexpr AttributeKey SctpSocketInfo{"sctp_socket_info"};
inline constexpr AttributeKey SctpState{"sctp_state"};
// What /proc/net/tcp alone tells.
inline constexpr AttributeKey QuickAcks{"quick_acks"};
inline constexpr AttributeKey Interactive{"interactive"};
inline constexpr AttributeKey FastOpenLimit{"fastopen_limit"};
/// Set by the reader: no message says it, only the filter of the dump that brought the socket.
inline constexpr AttributeKey Autobound{"autobound"};

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
