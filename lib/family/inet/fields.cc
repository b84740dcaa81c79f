#include <array>

#include "family/inet/members.h"
#include "model/row.h"

namespace sockutils::inet {
namespace {

template <const AttributeKey& Key>
OptionalValue number(const SocketRow& row) {
  return row.socket.facts.number(Key);
}

OptionalValue congestion_control(const SocketRow& row) { return row.socket.facts.bytes(CongestionControl); }

OptionalValue cgroup(const SocketRow& row) {
  const auto id = row.socket.facts.number(CgroupId);
  if (!id) return std::nullopt;
  const std::string_view path = row.names.cgroup(*id);
  return path.empty() ? std::nullopt : OptionalValue(path);
}

OptionalValue autobound(const SocketRow& row) {
  const auto value = row.socket.facts.number(Autobound);
  return value ? OptionalValue(*value != 0) : std::nullopt;
}

OptionalValue v6_only(const SocketRow& row) { return row.socket.v6_only; }

OptionalValue dual_stack(const SocketRow& row) {
  const Socket& socket = row.socket;
  if (!socket.local_address) return std::nullopt;
  if (!socket.local_address->is_v6 || !socket.local_address->is_wildcard()) return false;
  return socket.v6_only ? OptionalValue(!*socket.v6_only) : std::nullopt;
}

/// The bits of struct inet_diag_sockopt, from the lowest.
constexpr std::array<std::string_view, 11> OptionNames{
    "recverr",         "is_icsk",      "freebind",
    "hdrincl",         "mc_loop",      "transparent",
    "mc_all",          "nodefrag",     "bind_address_no_port",
    "recverr_rfc4884", "defer_connect"};

OptionalValue socket_options(const SocketRow& row) {
  const auto bits = row.socket.facts.number(SocketOptions);
  return bits ? OptionalValue(TextList(*bits, OptionNames)) : std::nullopt;
}

/// One of those options.
template <unsigned Bit>
OptionalValue option(const SocketRow& row) {
  const auto bits = row.socket.facts.number(SocketOptions);
  return bits ? OptionalValue((*bits >> Bit & 1) != 0) : std::nullopt;
}

OptionalValue interactive(const SocketRow& row) {
  const auto value = row.socket.facts.number(Interactive);
  return value ? OptionalValue(*value != 0) : std::nullopt;
}

/// Sources without the attribute report the protocol as the local port.
OptionalValue raw_protocol(const SocketRow& row) {
  const Socket& socket = row.socket;
  if (const auto told = socket.facts.number(RawProtocol)) return told;
  if (socket.protocol != Protocol::Raw || !socket.local_port) return std::nullopt;
  return std::uint64_t{*socket.local_port};
}

/// Names of `ss`, by the kernel's number (inet_diag_msg.idiag_timer).
OptionalValue timer(const SocketRow& row) {
  constexpr std::array<std::string_view, 6> TimerNames{"off",      "on",      "keepalive",
                                                       "timewait", "persist", "delack"};
  const auto value = row.socket.facts.number(Timer);
  if (!value) return std::nullopt;
  return *value < TimerNames.size() ? TimerNames[*value] : std::string_view("unknown");
}

constexpr std::array InetFields{
    Field{.name = "v6_only",
          .title = "V6ONLY",
          .type = Type::Flag,
          .get = getter<v6_only>,
          .kernel = "4.2",
          .doc = "The socket takes IPv6 alone (IPV6_V6ONLY); told for listeners and unconnected sockets"},
    Field{.name = "dual_stack",
          .title = "DUAL",
          .type = Type::Flag,
          .get = getter<dual_stack>,
          .kernel = "4.2",
          .doc = "A wildcard IPv6 socket that takes IPv4 too"},
    Field{.name = "timer",
          .title = "TIMER",
          .type = Type::Text,
          .get = getter<timer>,
          .doc = "The timer that runs: on (retransmission), keepalive, timewait, persist, delack",
          .subject = "timer"},
    Field{.name = "timer_expires",
          .title = "EXPIRES",
          .type = Type::Microseconds,
          .get = getter<number<TimerExpires>>,
          .doc = "Time until that timer fires",
          .subject = "timer"},
    Field{.name = "timer_retransmits",
          .title = "RETR",
          .type = Type::Count,
          .get = getter<number<TimerRetransmits>>,
          .doc = "Retransmissions, or probes, that this timer has sent so far",
          .subject = "timer"},
    Field{.name = "congestion_control",
          .title = "CONGESTION",
          .type = Type::Text,
          .get = getter<congestion_control>,
          .needs = Needs::Congestion,
          .kernel = "2.6.18",
          .aliases = "tcp_congestion cong",
          .doc = "Name of the TCP congestion control algorithm",
          .subject = "tcp"},
    Field{.name = "tos",
          .title = "TOS",
          .type = Type::Mask,
          .get = getter<number<Tos>>,
          .needs = Needs::Tos,
          .kernel = "3.0",
          .doc = "IPv4 type of service of what is sent (IP_TOS)"},
    Field{.name = "traffic_class",
          .title = "TCLASS",
          .type = Type::Mask,
          .get = getter<number<TrafficClass>>,
          .needs = Needs::TrafficClass,
          .kernel = "3.0",
          .aliases = "tclass",
          .doc = "IPv6 traffic class of what is sent (IPV6_TCLASS)"},
    Field{.name = "class_id",
          .title = "CLASS",
          .type = Type::Mask,
          .get = getter<number<ClassId>>,
          .needs = Needs::ClassId,
          .kernel = "4.14",
          .aliases = "priority",
          .doc = "Net class of the socket's control group, else its priority (SO_PRIORITY)"},
    Field{.name = "mark",
          .title = "MARK",
          .type = Type::Mask,
          .get = getter<number<Mark>>,
          .kernel = "4.9",
          .aliases = "fwmark",
          .doc = "Firewall mark (SO_MARK); the kernel tells it to those with CAP_NET_ADMIN"},
    Field{.name = "cgroup",
          .title = "CGROUP",
          .type = Type::Text,
          .get = getter<cgroup>,
          .needs = Needs::ControlGroups,
          .kernel = "5.8",
          .doc = "Path of the socket's control group (cgroup v2); needs CAP_DAC_READ_SEARCH",
          .subject = "control group"},
    Field{.name = "cgroup_id",
          .title = "CGROUP-ID",
          .type = Type::Identifier,
          .get = getter<number<CgroupId>>,
          .kernel = "5.8",
          .doc = "Number of the socket's control group (cgroup v2)",
          .subject = "control group"},
    Field{.name = "socket_options",
          .title = "OPTIONS",
          .type = Type::List,
          .get = getter<socket_options>,
          .kernel = "5.10",
          .aliases = "inet_sockopt",
          .doc =
              "Options of ip(7) that are set: recverr, freebind, hdrincl, mc_loop, transparent, ...; is_icsk "
              "tells sockets that have connections"},
    Field{.name = "transparent",
          .title = "TRANSPARENT",
          .type = Type::Flag,
          .get = getter<option<5>>,
          .kernel = "5.10",
          .doc = "May bind to addresses that are not local, for proxies (IP_TRANSPARENT)"},
    Field{.name = "freebind",
          .title = "FREEBIND",
          .type = Type::Flag,
          .get = getter<option<2>>,
          .kernel = "5.10",
          .doc = "May bind to addresses that do not exist yet (IP_FREEBIND)"},
    Field{.name = "raw_protocol",
          .title = "RAWPROTO",
          .type = Type::Identifier,
          .get = getter<raw_protocol>,
          .doc = "IP protocol of a raw socket; a filter takes names of /etc/protocols"},
    Field{.name = "tcp_quick_acks",
          .title = "QACK",
          .type = Type::Count,
          .get = getter<number<QuickAcks>>,
          .aliases = "qack",
          .doc = "Acknowledgements that will be sent at once; told by /proc/net/tcp alone (--source=proc)",
          .subject = "tcp"},
    Field{.name = "tcp_interactive",
          .title = "BIDIR",
          .type = Type::Flag,
          .get = getter<interactive>,
          .aliases = "bidir",
          .doc = "Data goes to and fro, so that acknowledgements wait for it; told by /proc/net/tcp alone",
          .subject = "tcp"},
    Field{.name = "tcp_fastopen_limit",
          .title = "TFOLIMIT",
          .type = Type::Count,
          .get = getter<number<FastOpenLimit>>,
          .kernel = "3.7",
          .doc = "Fast open requests that a listener lets wait (TCP_FASTOPEN); told by /proc/net/tcp alone",
          .subject = "tcp"},
    Field{.name = "md5_peers",
          .title = "MD5",
          .type = Type::List,
          .get = getter<list_of<Md5Peers>>,
          .needs = Needs::TcpInfo,
          .kernel = "4.14",
          .doc = "Peers whose segments must be signed (TCP_MD5SIG); the kernel tells it to those with "
                 "CAP_NET_ADMIN"},
    Field{.name = "md5_keys",
          .title = "MD5KEYS",
          .type = Type::List,
          .get = getter<list_of<Md5Keys>>,
          .needs = Needs::TcpInfo,
          .kernel = "4.14",
          .doc = "The same with the keys, which are secret: PEER=KEY"},
    Field{
        .name = "bpf_storages",
        .title = "BPFSTORAGE",
        .type = Type::List,
        .get = getter<list_of<BpfStorages>>,
        .needs = Needs::BpfStorages,
        .kernel = "5.7",
        .doc =
            "What BPF programs keep with a TCP socket: number of the map and value, as in 12=0a000000; needs "
            "CAP_BPF"},
    Field{.name = "autobound",
          .title = "AUTOBOUND",
          .type = Type::Flag,
          .get = getter<autobound>,
          .needs = Needs::Autobound,
          .doc = "The kernel chose the local port, or gave it with an accepted connection; of TCP, UDP and "
                 "UDP-Lite"},
};

}  // namespace

std::span<const Field> fields() { return InetFields; }

}  // namespace sockutils::inet
