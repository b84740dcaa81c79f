#include "pipeline/peers.h"

#include <algorithm>

#include "acquire/processes/threads.h"
#include "model/row.h"

namespace sockutils {
namespace {

/// Kinds with ports at both ends.
std::vector<SocketKind> kinds_with_ports() {
  std::vector<SocketKind> kinds;
  for (const Family family : {Family::Inet, Family::Inet6})
    for (const Protocol protocol : {Protocol::Tcp, Protocol::Udp, Protocol::Udplite})
      kinds.push_back({family, protocol});
  return kinds;
}

std::optional<std::uint64_t> unix_peer(const Socket& socket) {
  static const Field* const field = find_field("peer_inode");
  if (field == nullptr) return std::nullopt;
  const NoNames names;
  const auto value = field->get(SocketRow{socket, {}, names});
  return value ? std::optional(std::get<std::uint64_t>(*value)) : std::nullopt;
}

/// The name fits into /proc/PID/comm.
bool is_docker_proxy(const Owner& owner) { return owner.process->name == "docker-proxy"; }

}  // namespace

void PeerTable::read(Source source, NetworkNamespaces namespaces, StateSet states) {
  hidden_ = std::move(namespaces.warnings);
  NamespaceReader reader(system_, source, std::move(namespaces.found));
  reader.visit_each([&](std::optional<std::uint64_t> netns) {
    if (netns) index_.add_addresses(*netns, system_.local_addresses());
  });
  reader.read(
      dump_groups_of(kinds_with_ports()), [&](const DumpGroup&) { return ReadRequest{.states = states}; },
      [&](Socket& socket) {
        index_.add(socket);
        return true;
      });
  for (Warning& warning : reader.warnings()) hidden_.push_back(std::move(warning));
}

std::span<const Owner> PeerTable::owners_of(const std::vector<std::uint64_t>& inodes) {
  if (inodes.size() == 1) return owners_.owners_of(inodes.front());
  const auto [entry, is_new] = joined_.try_emplace(inodes);
  if (!is_new) return entry->second;
  for (const std::uint64_t inode : inodes) {
    const auto owners = owners_.owners_of(inode);
    entry->second.insert(entry->second.end(), owners.begin(), owners.end());
  }
  return entry->second;
}

std::optional<ProxyTarget> PeerTable::target_of(const Owner& owner) {
  const auto [entry, is_new] = proxies_.try_emplace(owner.process->pid);
  if (is_new) {
    if (const auto text = system_.read_file(thread_folder(owner.tid) + "/cmdline"))
      entry->second = parse_docker_proxy(*text);
  }
  return entry->second;
}

std::span<const Owner> PeerTable::proxied_by(std::span<const Owner> owners, std::uint64_t netns) {
  const auto proxy = std::find_if(owners.begin(), owners.end(), is_docker_proxy);
  if (proxy == owners.end()) return {};
  const auto target = target_of(*proxy);
  if (!target) return {};
  const auto container = index_.other_namespace_with(netns, target->address);
  if (!container) return {};
  return owners_of(index_.receivers_in(*container, target->protocol, {target->address, target->port}));
}

/// Inside the container the proxy itself is the peer, and nothing is known behind it.
std::span<const Owner> PeerTable::behind_proxy(std::span<const Owner> owners, const Socket& socket) {
  const auto proxy = std::find_if(owners.begin(), owners.end(), is_docker_proxy);
  if (proxy == owners.end() || !socket.netns) return owners;
  const auto target = target_of(*proxy);
  const bool is_target = target && socket.local_port == target->port && socket.local_address &&
                         plain_address(*socket.local_address) == plain_address(target->address);
  if (is_target) return owners;
  const auto behind = proxied_by(owners, *socket.netns);
  return behind.empty() ? owners : behind;
}

std::span<const Owner> PeerTable::peers_of(const Socket& socket) {
  std::vector<std::uint64_t> inodes;
  if (socket.family == Family::Unix) {
    if (const auto inode = unix_peer(socket)) inodes.push_back(*inode);
  } else {
    inodes = index_.other_end(socket);
  }
  if (inodes.empty()) {
    if (socket.peer_address && !socket.peer_address->is_loopback()) ++unseen_;
    return {};
  }
  const auto owners = owners_of(inodes);
  if (owners.empty()) ++ownerless_;
  return behind_proxy(owners, socket);
}

std::vector<Warning> PeerTable::warnings() const {
  if (unseen_ == 0) return {};
  std::vector<Warning> warnings = hidden_;
  for (Warning& warning : warnings) {
    if (warning.kind == Warning::Kind::NamesMissing) continue;
    warning.kind = Warning::Kind::OwnersMissing;
    warning.fault = "peers: " + (warning.fault.empty() ? warning.message : warning.fault);
    warning.message = "who holds the other end of " + std::to_string(unseen_) +
                      (unseen_ == 1 ? " socket may be unknown: " : " sockets may be unknown: ") +
                      warning.message;
  }
  return warnings;
}

}  // namespace sockutils
