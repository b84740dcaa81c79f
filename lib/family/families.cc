#include <linux/inet_diag.h>

#include <array>

#include "family/family.h"
#include "family/inet/inet.h"
#include "family/netlink.h"
#include "family/packet.h"
#include "family/shared.h"
#include "family/tipc.h"
#include "family/unix.h"
#include "family/vsock.h"
#include "family/xdp.h"

namespace sockutils {
namespace {

constexpr StateSet states_of(Protocol protocol) {
  if (protocol == Protocol::Tcp || protocol == Protocol::Mptcp || protocol == Protocol::Dccp)
    return StateSet::all() - StateSet{State::Unconnected};
  if (protocol == Protocol::Sctp) return StateSet::all() - StateSet{State::BoundInactive};
  return {State::Unconnected, State::Established};
}

constexpr FamilyHandler inet_handler(Family family, Protocol protocol, std::string_view title,
                                     std::string_view proc_file) {
  // No kernel has a sock_diag handler for ping sockets, and asking makes it look for a module each time.
  const auto request = protocol == Protocol::Icmp ? nullptr : inet::append_request;
  const StateSet states = states_of(protocol);
  return {{family, protocol}, title, states, request, inet::decode, proc_file, inet::parse_line};
}

/// Protocols that no file below /proc/net lists in a form of the others.
constexpr FamilyHandler diag_only_handler(Family family, Protocol protocol, std::string_view title,
                                          const Evidence& evidence) {
  FamilyHandler handler = inet_handler(family, protocol, title, {});
  handler.parse_line = nullptr;
  handler.evidence = evidence;
  return handler;
}

constexpr std::array Handlers{
    inet_handler(Family::Inet, Protocol::Tcp, "tcp (IPv4)", "tcp"),
    inet_handler(Family::Inet6, Protocol::Tcp, "tcp (IPv6)", "tcp6"),
    inet_handler(Family::Inet, Protocol::Udp, "udp (IPv4)", "udp"),
    inet_handler(Family::Inet6, Protocol::Udp, "udp (IPv6)", "udp6"),
    inet_handler(Family::Inet, Protocol::Udplite, "udplite (IPv4)", "udplite"),
    inet_handler(Family::Inet6, Protocol::Udplite, "udplite (IPv6)", "udplite6"),
    inet_handler(Family::Inet, Protocol::Raw, "raw (IPv4)", "raw"),
    inet_handler(Family::Inet6, Protocol::Raw, "raw (IPv6)", "raw6"),
    inet_handler(Family::Inet, Protocol::Icmp, "icmp (IPv4)", "icmp"),
    inet_handler(Family::Inet6, Protocol::Icmp, "icmp (IPv6)", "icmp6"),
    diag_only_handler(Family::Inet, Protocol::Mptcp, "mptcp (IPv4)",
                      {"MPTCP", true, "CONFIG_INET_MPTCP_DIAG"}),
    diag_only_handler(Family::Inet6, Protocol::Mptcp, "mptcp (IPv6)",
                      {"MPTCPv6", true, "CONFIG_INET_MPTCP_DIAG"}),
    diag_only_handler(Family::Inet, Protocol::Sctp, "sctp (IPv4)", {"SCTP", true, "CONFIG_INET_SCTP_DIAG"}),
    diag_only_handler(Family::Inet6, Protocol::Sctp, "sctp (IPv6)",
                      {"SCTPv6", true, "CONFIG_INET_SCTP_DIAG"}),
    diag_only_handler(Family::Inet, Protocol::Dccp, "dccp (IPv4)", {"DCCP", true, "CONFIG_INET_DCCP_DIAG"}),
    diag_only_handler(Family::Inet6, Protocol::Dccp, "dccp (IPv6)",
                      {"DCCPv6", true, "CONFIG_INET_DCCP_DIAG"}),
    FamilyHandler{{Family::Unix, {}},
                  "unix",
                  StateSet{State::Unconnected, State::Established, State::Listen, State::Closed},
                  unix_domain::append_request,
                  unix_domain::decode,
                  "unix",
                  unix_domain::parse_record,
                  unix_domain::begins_record},
    FamilyHandler{{Family::Packet, {}},
                  "packet",
                  StateSet{State::Unconnected},
                  packet::append_request,
                  packet::decode,
                  "packet",
                  packet::parse_line},
    FamilyHandler{.kind = {Family::Netlink, {}},
                  .title = "netlink",
                  .states = StateSet{State::Unconnected},
                  .append_request = netlink::append_request,
                  .decode = netlink::decode,
                  .proc_file = "netlink",
                  .parse_line = netlink::parse_line,
                  .lossy_protocols = NetlinkProtocols},
    FamilyHandler{.kind = {Family::Vsock, {}},
                  .title = "vsock",
                  .states = StateSet::all(),
                  .append_request = vsock::append_request,
                  .decode = vsock::decode,
                  .proc_file = {},
                  .parse_line = nullptr,
                  .evidence = {"AF_VSOCK", false, "CONFIG_VSOCKETS_DIAG"}},
    FamilyHandler{.kind = {Family::Xdp, {}},
                  .title = "xdp",
                  .states = StateSet{State::Unconnected},
                  .append_request = xdp::append_request,
                  .decode = xdp::decode,
                  .proc_file = {},
                  .parse_line = nullptr,
                  .evidence = {"XDP", true, "CONFIG_XDP_SOCKETS_DIAG"}},
    FamilyHandler{.kind = {Family::Tipc, {}},
                  .title = "tipc",
                  .states = StateSet::all(),
                  .append_request = tipc::append_request,
                  .decode = tipc::decode,
                  .proc_file = {},
                  .parse_line = nullptr,
                  .evidence = {"TIPC", false, "CONFIG_TIPC_DIAG"}},
};

constexpr std::array JointHandlers{
    JointHandler{{.kind = {Family::Inet, Protocol::Tcp},
                  .title = "tcp",
                  .states = StateSet::all() - StateSet{State::Unconnected},
                  .append_request = inet::append_both_families_request,
                  .decode = inet::decode,
                  .proc_file = {},
                  .parse_line = nullptr,
                  .message_type = TCPDIAG_GETSOCK},
                 {{{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}}}},
};

}  // namespace

std::span<const JointHandler> joint_handlers() { return JointHandlers; }

std::span<const FamilyHandler> family_handlers() { return Handlers; }

std::span<const std::span<const Field>> family_fields() {
  static const std::array Tables{inet::fields(),     inet::tcp_info_fields(), inet::congestion_fields(),
                                 inet::ulp_fields(), inet::mptcp_fields(),    inet::sctp_fields(),
                                 shared_fields(),    unix_domain::fields(),   packet::fields(),
                                 netlink::fields(),  vsock::fields(),         xdp::fields(),
                                 tipc::fields()};
  return Tables;
}

}  // namespace sockutils
