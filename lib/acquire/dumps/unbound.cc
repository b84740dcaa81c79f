#include "acquire/dumps/unbound.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "acquire/namespaces/namespace_reader.h"
#include "acquire/namespaces/namespaces.h"

namespace sockutils {
namespace {

constexpr std::array<KernelName, 24> KernelNames{{
    {"TCP", {Family::Inet, Protocol::Tcp}, State::Closed},
    {"TCPv6", {Family::Inet6, Protocol::Tcp}, State::Closed},
    {"MPTCP", {Family::Inet, Protocol::Mptcp}, State::Closed},
    {"MPTCPv6", {Family::Inet6, Protocol::Mptcp}, State::Closed},
    {"SCTP", {Family::Inet, Protocol::Sctp}, State::Closed},
    {"SCTPv6", {Family::Inet6, Protocol::Sctp}, State::Closed},
    {"DCCP", {Family::Inet, Protocol::Dccp}, State::Closed},
    {"DCCPv6", {Family::Inet6, Protocol::Dccp}, State::Closed},
    {"UDP", {Family::Inet, Protocol::Udp}, State::Unconnected},
    {"UDPv6", {Family::Inet6, Protocol::Udp}, State::Unconnected},
    {"UDP-Lite", {Family::Inet, Protocol::Udplite}, State::Unconnected},
    {"UDPLITEv6", {Family::Inet6, Protocol::Udplite}, State::Unconnected},
    {"PING", {Family::Inet, Protocol::Icmp}, State::Unconnected},
    {"PINGv6", {Family::Inet6, Protocol::Icmp}, State::Unconnected},
    {"NETLINK", {Family::Netlink, {}}, State::Unconnected},
    {"RAW", {Family::Inet, Protocol::Raw}, {}},
    {"RAWv6", {Family::Inet6, Protocol::Raw}, {}},
    {"UNIX", {Family::Unix, {}}, {}},
    {"UNIX-STREAM", {Family::Unix, {}}, {}},
    {"PACKET", {Family::Packet, {}}, {}},
    {"AF_VSOCK", {Family::Vsock, {}}, {}},
    {"VSOCK", {Family::Vsock, {}}, {}},
    {"XDP", {Family::Xdp, {}}, State::Unconnected, Protocol::Raw},
    {"TIPC", {Family::Tipc, {}}, {}},
}};

/// Whether every kernel that has such sockets can list them. One that is not listed then belongs to another
/// namespace.
bool is_always_listed(const KernelName& name) {
  const Family family = name.kind.family;
  return !name.unbound_state && family != Family::Vsock && family != Family::Xdp && family != Family::Tipc;
}

/// One search.
class UnboundSearch {
 public:
  UnboundSearch(const System& system, const UnboundQuery& query)
      : system_(system), query_(query), every_kind_(query.kinds.size() == socket_kinds().size()) {}

  void look_at(std::uint64_t inode, std::span<const Owner> owners) {
    std::optional<Socket> socket;
    std::optional<std::uint64_t> likely;
    for (const Owner& owner : owners) {
      const std::string path = descriptor_path(owner);
      const auto held = system_.held_socket(path);
      if (!held || held->inode != inode) continue;
      if (!socket) socket = describe(*held);
      if (!socket) return;
      if (const auto netns = system_.network_namespace(path)) {
        socket->netns = *netns;
        break;
      }
      if (const auto netns = namespace_of(owner.tid); !likely && query_.namespaces.contains(netns))
        likely = netns;
    }
    if (!socket) return;
    if (socket->netns) {
      if (query_.namespaces.contains(*socket->netns)) found_.push_back(*std::move(socket));
    } else if (likely) {
      socket->netns = likely;
      guesses_.push_back(*std::move(socket));
    }
  }

  UnboundSockets result() {
    if (!guesses_.empty()) look_elsewhere();
    found_.insert(found_.end(), guesses_.begin(), guesses_.end());
    return {std::move(found_), guesses_.size()};
  }

 private:
  /// 0 when that is not known.
  std::uint64_t namespace_of(std::int32_t tid) {
    const auto [entry, added] = namespaces_.try_emplace(tid, 0);
    if (added) entry->second = system_.file_inode("/proc/" + std::to_string(tid) + "/ns/net").value_or(0);
    return entry->second;
  }

  /// What is listed in another namespace is a socket of that one, whoever holds it.
  void look_elsewhere() {
    NetworkNamespaces others = find_network_namespaces(system_);
    std::erase_if(others.found,
                  [&](const NetworkNamespace& space) { return query_.namespaces.contains(space.inode); });
    if (others.found.empty()) return;
    std::unordered_set<std::uint64_t> elsewhere;
    NamespaceReader(system_, query_.source, std::move(others.found))
        .read(dump_groups_of(query_.kinds), every_state, [&](const Socket& socket) {
          if (socket.inode) elsewhere.insert(*socket.inode);
          return true;
        });
    std::erase_if(guesses_, [&](const Socket& socket) { return elsewhere.contains(*socket.inode); });
  }

  bool is_wanted(const KernelName* name) const {
    if (name == nullptr) return every_kind_;
    return !is_always_listed(*name) &&
           std::find(query_.kinds.begin(), query_.kinds.end(), name->kind) != query_.kinds.end();
  }

  std::optional<Socket> describe(const HeldSocket& held) const {
    const KernelName* const name = find_kernel_name(held.protocol);
    if (!is_wanted(name)) return std::nullopt;
    Socket socket;
    socket.unbound = true;
    socket.inode = held.inode;
    socket.uid = held.uid;
    socket.family = name != nullptr ? std::optional(name->kind.family) : std::nullopt;
    socket.protocol = name != nullptr ? name->protocol() : std::nullopt;
    if (name != nullptr) socket.state = name->unbound_state;
    if (!held.protocol.empty()) socket.facts.set_bytes(KernelProtocol, held.protocol);
    return socket;
  }

  const System& system_;
  const UnboundQuery& query_;
  bool every_kind_;
  std::vector<Socket> found_;
  std::vector<Socket> guesses_;
  /// Where threads are.
  std::unordered_map<std::int32_t, std::uint64_t> namespaces_;
};

}  // namespace

const KernelName* find_kernel_name(std::string_view name) {
  for (const KernelName& known : KernelNames)
    if (known.name == name) return &known;
  return nullptr;
}

UnboundSockets find_unbound(const System& system, const OwnerTable& owners, const UnboundQuery& query) {
  UnboundSearch search(system, query);
  std::optional<std::uint64_t> last;
  for (const std::uint32_t inode : owners.inodes()) {
    if (last == inode || query.listed.contains(inode)) continue;
    last = inode;
    search.look_at(inode, owners.owners_of(inode));
  }
  return search.result();
}

std::optional<Warning> namespace_guess_warning(std::size_t guessed, std::string remedy) {
  if (guessed == 0) return std::nullopt;
  return Warning{Warning::Kind::FactsMissing,
                 "unbound sockets: the network namespace of " + std::to_string(guessed) +
                     " of them is a guess, that of a process that holds it",
                 std::move(remedy), "unbound sockets whose network namespace is a guess"};
}

}  // namespace sockutils
