#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <cstring>

#include "family/attributes.h"
#include "family/inet/inet.h"
#include "family/inet/lists.h"
#include "family/inet/sctp.h"

namespace sockutils::inet {
namespace {

constexpr unsigned KernelListen = 10;

/// IPPROTO_MPTCP; newer than some headers.
constexpr std::uint32_t MptcpProtocol = 262;

struct IpProtocol {
  Protocol protocol;
  int over_v4;
  int over_v6;
};

constexpr IpProtocol IpProtocols[] = {
    {Protocol::Tcp, IPPROTO_TCP, IPPROTO_TCP},
    {Protocol::Udp, IPPROTO_UDP, IPPROTO_UDP},
    {Protocol::Udplite, IPPROTO_UDPLITE, IPPROTO_UDPLITE},
    {Protocol::Raw, IPPROTO_RAW, IPPROTO_RAW},
    {Protocol::Icmp, IPPROTO_ICMP, IPPROTO_ICMPV6},
    // Its number has more than eight bits and goes into INET_DIAG_REQ_PROTOCOL. A kernel that does not
    // know that has no handler for this one, and does not list another protocol's sockets instead.
    {Protocol::Mptcp, IPPROTO_IP, IPPROTO_IP},
    {Protocol::Sctp, IPPROTO_SCTP, IPPROTO_SCTP},
    {Protocol::Dccp, IPPROTO_DCCP, IPPROTO_DCCP},
};

std::uint8_t ip_protocol(const SocketKind& kind) {
  for (const IpProtocol& row : IpProtocols)
    if (row.protocol == kind.protocol)
      return static_cast<std::uint8_t>(kind.family == Family::Inet6 ? row.over_v6 : row.over_v4);
  return IPPROTO_TCP;
}

std::uint32_t kernel_states(StateSet states, Protocol protocol) {
  std::uint32_t bits = states.bits() & ~1u;
  if (states.contains(State::SynRecv)) bits |= 1u << KernelNewSynRecv;
  // Associations have states of their own, which no bit chooses (sctp_diag_dump() in net/sctp/diag.c): end
  // points come with LISTEN, associations with any other.
  if (protocol == Protocol::Sctp) {
    const bool end_points = !(states & ListeningStates).empty();
    const bool associations = !(states - ListeningStates).empty();
    return (end_points ? 1u << KernelListen : 0) | (associations ? ~(1u << KernelListen) : 0);
  }
  // Only TCP and its like tell `closed` from `unconnected`; the kernel has one number for both.
  if (has_tcp_states(protocol)) return bits;
  bits &= ~(1u << KernelClose);
  return states.contains(State::Unconnected) ? bits | (1u << KernelClose) : bits;
}

std::uint8_t extensions(Needs needs) {
  struct Row {
    Needs what;
    unsigned attribute;
  };
  constexpr Row Rows[] = {
      {Needs::MemInfo, INET_DIAG_SKMEMINFO},
      {Needs::TcpInfo, INET_DIAG_INFO},
      {Needs::Congestion, INET_DIAG_CONG},
      {Needs::Tos, INET_DIAG_TOS},
      {Needs::TrafficClass, INET_DIAG_TCLASS},
      {Needs::CongestionInfo, INET_DIAG_VEGASINFO},
      // Beyond the eight bits that can be asked for: it comes with the traffic class.
      {Needs::ClassId, INET_DIAG_TCLASS},
  };
  unsigned bits = 0;
  for (const Row& row : Rows)
    if (needs_any(needs, row.what)) bits |= 1u << (row.attribute - 1);
  return static_cast<std::uint8_t>(bits);
}

/// A closed TCP socket is in no table but that of bound ports: when one is dumped, it is what state bit 13
/// asks for, and the kernel reports 7 (inet_diag.c, 6.8).
std::optional<State> dumped_state(Protocol protocol, unsigned number) {
  const auto state = state_of(protocol, number);
  return protocol == Protocol::Tcp && state == State::Closed ? State::BoundInactive : state;
}

/// SCTP numbers its timers otherwise; the one that it tells of is that of retransmission.
unsigned timer_of(Protocol protocol, unsigned number) {
  return protocol == Protocol::Sctp && number != 0 ? 1 : number;
}

Address to_address(const __be32 (&words)[4], Family family, std::uint32_t interface) {
  Address address;
  address.is_v6 = family == Family::Inet6;
  std::memcpy(address.bytes.data(), words, address.is_v6 ? 16 : 4);
  if (address.is_v6 && address.is_link_local()) address.scope_id = interface;
  return address;
}

/// Attributes that are one number, and where they go.
struct NumberAttribute {
  unsigned type;
  std::size_t size;
  const AttributeKey* key;
};

constexpr NumberAttribute NumberAttributes[] = {
    {INET_DIAG_TOS, 1, &Tos},
    {INET_DIAG_TCLASS, 1, &TrafficClass},
    {INET_DIAG_SHUTDOWN, 1, &Shutdown},
    {INET_DIAG_MARK, 4, &Mark},
    {INET_DIAG_CLASS_ID, 4, &ClassId},
    {INET_DIAG_CGROUP_ID, 8, &CgroupId},
    {INET_DIAG_PROTOCOL, 1, &RawProtocol},
};

/// Attributes that are kept as they are, for fields that are members of them.
struct WholeAttribute {
  unsigned type;
  const AttributeKey* key;
};

constexpr WholeAttribute WholeAttributes[] = {
    {INET_DIAG_SKMEMINFO, &MemInfo}, {INET_DIAG_VEGASINFO, &VegasInfo}, {INET_DIAG_DCTCPINFO, &DctcpInfo},
    {INET_DIAG_BBRINFO, &BbrInfo},   {INET_DIAG_ULP_INFO, &UlpInfo},
};

/// Attributes that become lists.
struct ListAttribute {
  unsigned type;
  const AttributeKey* key;
  bool (*append)(std::string& list, ByteView payload);
};

template <bool Keys>
bool md5(std::string& list, ByteView payload) {
  return append_md5_keys(list, payload, Keys);
}

constexpr ListAttribute ListAttributes[] = {
    {INET_DIAG_LOCALS, &LocalAddresses, append_addresses},
    {INET_DIAG_PEERS, &PeerAddresses, append_addresses},
    {INET_DIAG_MD5SIG, &Md5Peers, md5<false>},
    {INET_DIAG_MD5SIG, &Md5Keys, md5<true>},
    {INET_DIAG_SK_BPF_STORAGES, &BpfStorages, append_bpf_storages},
};

bool take_list(unsigned type, ByteView payload, Socket& socket) {
  bool whole = true;
  for (const ListAttribute& attribute : ListAttributes) {
    if (attribute.type != type) continue;
    std::string list;
    whole = attribute.append(list, payload) && whole;
    socket.facts.set_list(*attribute.key, list);
  }
  return whole;
}

/// struct inet_diag_sockopt: two bytes of flags, the first of them in bit 0 on machines that count bits as
/// x86 and arm64 do.
bool take_socket_options(ByteView payload, Socket& socket) {
  return take_number<std::uint16_t>(socket, SocketOptions, payload);
}

/// What INET_DIAG_INFO holds.
const AttributeKey& info_key(Protocol protocol, bool association) {
  if (protocol == Protocol::Mptcp) return MptcpInfo;
  if (protocol == Protocol::Sctp) return association ? SctpInfo : SctpSocketInfo;
  return TcpInfo;
}

std::optional<std::uint64_t> load_number(ByteView payload, std::size_t size) {
  if (size == 1) return load<std::uint8_t>(payload);
  if (size == 4) return load<std::uint32_t>(payload);
  return load<std::uint64_t>(payload);
}

/// False when the attribute is shorter than what it stands for.
bool take_attribute(unsigned type, ByteView payload, Socket& socket) {
  switch (type) {
    case INET_DIAG_SOCKOPT:
      return take_socket_options(payload, socket);
    case INET_DIAG_SKV6ONLY:
      if (const auto only = load<std::uint8_t>(payload)) socket.v6_only = *only != 0;
      return !payload.empty();
    case INET_DIAG_CONG: {
      const std::string_view name = as_text(payload);
      socket.facts.set_bytes(CongestionControl, name.substr(0, name.find('\0')));
      return true;
    }
    default:
      break;
  }
  for (const WholeAttribute& attribute : WholeAttributes)
    if (attribute.type == type) socket.facts.set_bytes(*attribute.key, as_text(payload));
  if (type == INET_DIAG_ULP_INFO) return are_attributes(payload);
  for (const NumberAttribute& attribute : NumberAttributes) {
    if (attribute.type != type) continue;
    const auto number = load_number(payload, attribute.size);
    if (number) socket.facts.set_number(*attribute.key, *number);
    return number.has_value();
  }
  return take_list(type, payload, socket);
}

void append_storages_request(std::string& out, Needs needs) {
  // Without names of maps it asks for all of them.
  if (needs_any(needs, Needs::BpfStorages)) end_nest(out, begin_nest(out, INET_DIAG_REQ_SK_BPF_STORAGES));
}

void append_protocol_request(std::string& out, Protocol protocol) {
  if (protocol != Protocol::Mptcp) return;
  append_object(out, nlattr{sizeof(nlattr) + sizeof MptcpProtocol, INET_DIAG_REQ_PROTOCOL});
  append_object(out, MptcpProtocol);
}

/// What stands before the attributes.
void take_message(const inet_diag_msg& message, Protocol protocol, Socket& socket) {
  const Family family = message.idiag_family == AF_INET6 ? Family::Inet6 : Family::Inet;
  const std::uint32_t interface = message.id.idiag_if;
  socket.family = family;
  socket.protocol = protocol;
  socket.state = dumped_state(protocol, message.idiag_state);
  set_endpoints(socket, to_address(message.id.idiag_src, family, interface), ntohs(message.id.idiag_sport),
                to_address(message.id.idiag_dst, family, interface), ntohs(message.id.idiag_dport));
  socket.recv_queue = message.idiag_rqueue;
  socket.send_queue = message.idiag_wqueue;
  socket.cookie = join_cookie(message.id.idiag_cookie);
  if (interface != 0) socket.interface = interface;
  set_ownership(socket, {message.idiag_uid, message.idiag_inode});
  set_timer(socket, timer_of(protocol, message.idiag_timer), std::uint64_t{message.idiag_expires} * 1000,
            message.idiag_retrans);
}

/// False when some of them could not be read.
bool take_attributes(ByteView attributes, const AttributeKey& info, Socket& socket) {
  bool complete = true;
  const bool intact = for_each_attribute(attributes, [&](unsigned type, ByteView value) {
    if (type == INET_DIAG_INFO)
      socket.facts.set_bytes(info, as_text(value));
    else
      complete = take_attribute(type, value, socket) && complete;
  });
  return intact && complete;
}

void append_bytecode(std::string& out, std::string_view bytecode) {
  if (bytecode.empty()) return;
  append_object(out,
                nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + bytecode.size()), INET_DIAG_REQ_BYTECODE});
  out += bytecode;
  out.resize(align4(out.size()));
}

}  // namespace

void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request) {
  const Protocol protocol = kind.protocol.value_or(Protocol::Tcp);
  inet_diag_req_v2 message{};
  message.sdiag_family = kind.family == Family::Inet6 ? AF_INET6 : AF_INET;
  message.sdiag_protocol = ip_protocol(kind);
  message.idiag_ext = extensions(request.needs);
  message.idiag_states = kernel_states(request.states, protocol);
  append_object(out, message);
  append_protocol_request(out, protocol);
  append_storages_request(out, request.needs);
  append_bytecode(out, request.bytecode);
}

void append_both_families_request(std::string& out, const SocketKind& kind, const DumpRequest& request) {
  inet_diag_req message{};
  message.idiag_ext = extensions(request.needs);
  message.idiag_states = kernel_states(request.states, kind.protocol.value_or(Protocol::Tcp));
  append_object(out, message);
  append_storages_request(out, request.needs);
  append_bytecode(out, request.bytecode);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<inet_diag_msg>(payload);
  if (!message || (message->idiag_family != AF_INET && message->idiag_family != AF_INET6))
    return Decode::Malformed;
  const Protocol protocol = kind.protocol.value_or(Protocol::Tcp);
  take_message(*message, protocol, socket);
  const ByteView attributes = after(payload, sizeof(inet_diag_msg));
  // Only associations have peers. Their states are numbered otherwise than those of sockets.
  const bool association = protocol == Protocol::Sctp && find_attribute(attributes, INET_DIAG_PEERS);
  const bool whole = take_attributes(attributes, info_key(protocol, association), socket);
  if (association) become_association(socket, message->idiag_state);
  return whole ? Decode::Complete : Decode::Partial;
}

}  // namespace sockutils::inet
