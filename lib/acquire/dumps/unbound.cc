#include "acquire/dumps/unbound.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

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
    {"XDP", {Family::Xdp, {}}, {}},
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

  std::optional<Socket> look_at(std::uint64_t inode, std::span<const Owner> owners) {
    for (const Owner& owner : owners) {
      if (!is_in_namespace(*owner.process)) continue;
      const auto held = system_.held_socket(descriptor_path(owner));
      if (held && held->inode == inode) return describe(*held);
    }
    return std::nullopt;
  }

 private:
  bool is_in_namespace(const Process& process) {
    const auto [entry, added] = namespaces_.try_emplace(process.pid, false);
    if (added) {
      const auto netns = system_.file_inode("/proc/" + std::to_string(process.pid) + "/ns/net");
      entry->second = netns && *netns == query_.netns;
    }
    return entry->second;
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
    socket.protocol = name != nullptr ? name->kind.protocol : std::nullopt;
    if (name != nullptr) socket.state = name->unbound_state;
    if (!held.protocol.empty()) socket.facts.set_bytes(KernelProtocol, held.protocol);
    return socket;
  }

  const System& system_;
  const UnboundQuery& query_;
  bool every_kind_;
  /// Processes, and whether they are in the namespace.
  std::unordered_map<std::int32_t, bool> namespaces_;
};

}  // namespace

const KernelName* find_kernel_name(std::string_view name) {
  for (const KernelName& known : KernelNames)
    if (known.name == name) return &known;
  return nullptr;
}

std::vector<Socket> find_unbound(const System& system, const OwnerTable& owners, const UnboundQuery& query) {
  UnboundSearch search(system, query);
  std::vector<Socket> found;
  std::optional<std::uint64_t> last;
  for (const std::uint32_t inode : owners.inodes()) {
    if (last == inode || query.listed.contains(inode)) continue;
    last = inode;
    if (auto socket = search.look_at(inode, owners.owners_of(inode))) found.push_back(std::move(*socket));
  }
  return found;
}

}  // namespace sockutils
