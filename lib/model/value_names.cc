#include "sockutils/value.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/text.h"

namespace sockutils {
namespace {

template <class T>
struct NameRow {
  T value;
  std::string_view name;
  /// Other spellings, separated by spaces.
  std::string_view aliases = {};
};

struct StateRow {
  State state;
  std::string_view name;
  std::string_view title;
  std::string_view aliases = {};
};

struct StateGroup {
  std::string_view name;
  StateSet states;
};

constexpr std::array<NameRow<Family>, 8> FamilyNames{{
    {Family::Inet, "inet", "ipv4 inet4 ip4 v4"},
    {Family::Inet6, "inet6", "ipv6 ip6 v6"},
    {Family::Unix, "unix", "local"},
    {Family::Packet, "packet", "link"},
    {Family::Netlink, "netlink"},
    {Family::Vsock, "vsock"},
    {Family::Xdp, "xdp"},
    {Family::Tipc, "tipc"},
}};

constexpr std::array<NameRow<Protocol>, 12> ProtocolNames{{
    {Protocol::Tcp, "tcp"},
    {Protocol::Udp, "udp"},
    {Protocol::Udplite, "udplite", "udp-lite udpl"},
    {Protocol::Raw, "raw"},
    {Protocol::Icmp, "icmp", "ping icmp6"},
    {Protocol::Stream, "stream"},
    {Protocol::Dgram, "dgram"},
    {Protocol::Seqpacket, "seqpacket"},
    {Protocol::Mptcp, "mptcp"},
    {Protocol::Sctp, "sctp"},
    {Protocol::Dccp, "dccp"},
    {Protocol::Rdm, "rdm"},
}};

/// By number, linux/netlink.h; the aliases are those of /etc/iproute2/nl_protos.
constexpr std::array<NameRow<unsigned>, NetlinkProtocols> NetlinkNames{{
    {0, "route", "rtnl rtnetlink"},
    {1, "netlink-1"},
    {2, "usersock"},
    {3, "firewall", "fw"},
    {4, "sock_diag", "tcpdiag"},
    {5, "nflog"},
    {6, "xfrm"},
    {7, "selinux"},
    {8, "iscsi"},
    {9, "audit"},
    {10, "fib_lookup", "fiblookup"},
    {11, "connector"},
    {12, "netfilter", "nft"},
    {13, "ip6_fw", "ip6fw"},
    {14, "dnrtmsg", "dec-rt"},
    {15, "kobject_uevent", "uevent"},
    {16, "generic", "genl"},
    {17, "netlink-17"},
    {18, "scsitransport", "scsi-trans"},
    {19, "ecryptfs"},
    {20, "rdma"},
    {21, "crypto"},
    {22, "smc"},
    {23, "netlink-23"},
    {24, "netlink-24"},
    {25, "netlink-25"},
    {26, "netlink-26"},
    {27, "netlink-27"},
    {28, "netlink-28"},
    {29, "netlink-29"},
    {30, "netlink-30"},
    {31, "netlink-31"},
}};

constexpr std::array<StateRow, 13> StateNames{{
    {State::Unconnected, "unconnected", "UNCONN", "unconn"},
    {State::Established, "established", "ESTAB", "estab"},
    {State::SynSent, "syn-sent", "SYN-SENT"},
    {State::SynRecv, "syn-recv", "SYN-RECV", "syn-rcv syn-received"},
    {State::FinWait1, "fin-wait-1", "FIN-WAIT-1", "fin-wait1"},
    {State::FinWait2, "fin-wait-2", "FIN-WAIT-2", "fin-wait2"},
    {State::TimeWait, "time-wait", "TIME-WAIT"},
    {State::Closed, "closed", "CLOSED", "close"},
    {State::CloseWait, "close-wait", "CLOSE-WAIT"},
    {State::LastAck, "last-ack", "LAST-ACK"},
    {State::Listen, "listen", "LISTEN", "listening"},
    {State::Closing, "closing", "CLOSING"},
    {State::BoundInactive, "bound-inactive", "BOUND"},
}};

constexpr StateSet Connected =
    StateSet::all() - StateSet{State::Listen, State::Closed, State::Unconnected, State::BoundInactive};
constexpr StateSet Bucket{State::SynRecv, State::TimeWait};

constexpr std::array<StateGroup, 5> StateGroups{{
    {"all", StateSet::all()},
    {"connected", Connected},
    {"synchronized", Connected - StateSet{State::SynSent}},
    {"bucket", Bucket},
    {"big", StateSet::all() - Bucket},
}};

bool is_spelled(std::string_view text, std::string_view name, std::string_view aliases) {
  if (text == name) return true;
  const std::vector<std::string_view> words = split_words(aliases);
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <class T>
std::optional<T> find_name(std::span<const NameRow<T>> table, std::string_view text) {
  for (const NameRow<T>& row : table)
    if (is_spelled(text, row.name, row.aliases)) return row.value;
  return std::nullopt;
}

template <class Table>
std::vector<std::string_view> names_of(const Table& table) {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& row : table) names.push_back(row.name);
  return names;
}

const StateRow& row_of(State state) {
  return *std::find_if(StateNames.begin(), StateNames.end(),
                       [=](const StateRow& row) { return row.state == state; });
}

}  // namespace

std::string_view name(Family family) {
  return std::find_if(FamilyNames.begin(), FamilyNames.end(),
                      [=](const auto& row) { return row.value == family; })
      ->name;
}

std::string_view name(Protocol protocol) {
  const unsigned number = static_cast<unsigned>(protocol);
  const unsigned base = static_cast<unsigned>(Protocol::NetlinkBase);
  if (number >= base) return NetlinkNames[(number - base) % NetlinkProtocols].name;
  return ProtocolNames[number].name;
}

std::string_view name(State state) { return row_of(state).name; }

std::string_view title(State state) { return row_of(state).title; }

std::optional<Family> parse_family(std::string_view text) {
  return find_name<Family>(FamilyNames, to_lower(text));
}

std::optional<Protocol> parse_protocol(std::string_view text) {
  const std::string word = to_lower(text);
  if (const auto protocol = find_name<Protocol>(ProtocolNames, word)) return protocol;
  if (const auto number = find_name<unsigned>(NetlinkNames, word)) return netlink_protocol(*number);
  return std::nullopt;
}

std::optional<StateSet> parse_states(std::string_view text) {
  std::string word = to_lower(text);
  // netstat has underscores where ss has hyphens.
  std::replace(word.begin(), word.end(), '_', '-');
  for (const StateRow& row : StateNames)
    if (is_spelled(word, row.name, row.aliases)) return StateSet{row.state};
  for (const StateGroup& group : StateGroups)
    if (word == group.name) return group.states;
  return std::nullopt;
}

std::vector<std::string_view> family_names() { return names_of(FamilyNames); }

std::vector<std::string_view> protocol_names() {
  std::vector<std::string_view> names = names_of(ProtocolNames);
  for (const auto& row : NetlinkNames) names.push_back(row.name);
  return names;
}

std::vector<std::string_view> state_names() {
  std::vector<std::string_view> names = names_of(StateNames);
  for (const StateGroup& group : StateGroups) names.push_back(group.name);
  return names;
}

}  // namespace sockutils
