#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <cstring>

#include "family/attributes.h"
#include "family/inet/inet.h"

namespace sockutils::inet {
namespace {

constexpr unsigned KernelClose = 7;
constexpr unsigned KernelNewSynRecv = 12;

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
  // Only TCP tells `closed` from `unconnected`; the kernel has one number for both.
  if (protocol == Protocol::Tcp) return bits;
  bits &= ~(1u << KernelClose);
  return states.contains(State::Unconnected) ? bits | (1u << KernelClose) : bits;
}

std::uint8_t extensions(Acquire needs) {
  struct Row {
    Acquire what;
    unsigned attribute;
  };
  constexpr Row Rows[] = {
      {Acquire::MemInfo, INET_DIAG_SKMEMINFO},   {Acquire::TcpInfo, INET_DIAG_INFO},
      {Acquire::Congestion, INET_DIAG_CONG},     {Acquire::Tos, INET_DIAG_TOS},
      {Acquire::TrafficClass, INET_DIAG_TCLASS}, {Acquire::ClassId, INET_DIAG_CLASS_ID},
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
  const FactKey* key;
};

constexpr NumberAttribute NumberAttributes[] = {
    {INET_DIAG_TOS, 1, &Tos},   {INET_DIAG_TCLASS, 1, &TrafficClass}, {INET_DIAG_SHUTDOWN, 1, &Shutdown},
    {INET_DIAG_MARK, 4, &Mark}, {INET_DIAG_CLASS_ID, 4, &ClassId},    {INET_DIAG_CGROUP_ID, 8, &CgroupId},
};

std::optional<std::uint64_t> load_number(ByteView payload, std::size_t size) {
  if (size == 1) return load<std::uint8_t>(payload);
  if (size == 4) return load<std::uint32_t>(payload);
  return load<std::uint64_t>(payload);
}

/// False when the attribute is shorter than what it stands for.
bool take_attribute(unsigned type, ByteView payload, Socket& socket) {
  switch (type) {
    case INET_DIAG_INFO:
      socket.facts.set_bytes(TcpInfo, as_text(payload));
      return true;
    case INET_DIAG_SKMEMINFO:
      socket.facts.set_bytes(MemInfo, as_text(payload));
      return true;
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
  for (const NumberAttribute& attribute : NumberAttributes) {
    if (attribute.type != type) continue;
    const auto number = load_number(payload, attribute.size);
    if (number) socket.facts.set_number(*attribute.key, *number);
    return number.has_value();
  }
  return true;
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
  append_bytecode(out, request.bytecode);
}

void append_both_families_request(std::string& out, const SocketKind& kind, const DumpRequest& request) {
  inet_diag_req message{};
  message.idiag_ext = extensions(request.needs);
  message.idiag_states = kernel_states(request.states, kind.protocol.value_or(Protocol::Tcp));
  append_object(out, message);
  append_bytecode(out, request.bytecode);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<inet_diag_msg>(payload);
  if (!message || (message->idiag_family != AF_INET && message->idiag_family != AF_INET6))
    return Decode::Malformed;
  socket.family = message->idiag_family == AF_INET6 ? Family::Inet6 : Family::Inet;
  socket.protocol = kind.protocol.value_or(Protocol::Tcp);
  socket.state = dumped_state(socket.protocol, message->idiag_state);
  set_endpoints(socket, to_address(message->id.idiag_src, socket.family, message->id.idiag_if),
                ntohs(message->id.idiag_sport),
                to_address(message->id.idiag_dst, socket.family, message->id.idiag_if),
                ntohs(message->id.idiag_dport));
  socket.recv_queue = message->idiag_rqueue;
  socket.send_queue = message->idiag_wqueue;
  socket.cookie = join_cookie(message->id.idiag_cookie);
  if (message->id.idiag_if != 0) socket.interface = message->id.idiag_if;
  set_ownership(socket, {message->idiag_uid, message->idiag_inode});
  set_timer(socket, message->idiag_timer, std::uint64_t{message->idiag_expires} * 1000,
            message->idiag_retrans);

  bool complete = true;
  const bool intact = for_each_attribute(
      after(payload, sizeof(inet_diag_msg)),
      [&](unsigned type, ByteView value) { complete = take_attribute(type, value, socket) && complete; });
  return intact && complete ? Decode::Complete : Decode::Partial;
}

}  // namespace sockutils::inet
