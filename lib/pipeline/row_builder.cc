#include "pipeline/row_builder.h"

#include <algorithm>
#include <set>
#include <utility>

#include "acquire/dumps/unbound.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/socket_files.h"

namespace sockutils {
namespace {

/// Limit, per open file, on the dump data received while the owners are read; together with the memory of the
/// owners it stays below 64 bytes.
constexpr std::size_t BytesAheadPerFile = 24;

}  // namespace

RowBuilder::RowBuilder(const System& system, const Query& query, const Plan& plan)
    : system_(system),
      query_(query),
      plan_(plan),
      dump_groups_(dump_groups_of(plan.kinds)),
      names_(system, plan.needs),
      owner_names_(system, plan.needs),
      kernel_sockets_(system) {}

bool RowBuilder::needs_owners() const { return query_.unbound || needs_any(plan_.needs, Needs::Owners); }

bool RowBuilder::needs_tables() const {
  return needs_owners() || needs_peers() || needs_any(plan_.needs, Needs::UnixPeer);
}

void RowBuilder::acquire(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found) {
  if (needs_owners()) {
    prepare_owners(reader);
    owners_ = read_owners();
  }
  if (needs_peers()) read_peers(found);
  if (needs_any(plan_.needs, Needs::UnixPeer)) learn_unix_names(reader);
}

void RowBuilder::acquire_ahead(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found) {
  // A recording answers for the namespace of a single thread.
  const bool wanted_first = query_.unbound || query_.recording || needs_peers();
  const std::uint64_t files = needs_owners() ? open_files(system_) : 0;
  if (wanted_first || files < ManyFiles) return acquire(reader, found);
  prepare_owners(reader);
  // Deferred if no thread can be created: then the owners are read when they are needed.
  pending_owners_ = std::async(std::launch::async | std::launch::deferred, [this] { return read_owners(); });
  ahead_ = &reader;
  reader.receive_ahead(files * BytesAheadPerFile);
  if (needs_any(plan_.needs, Needs::UnixPeer)) learn_unix_names(reader);
}

void RowBuilder::prepare_owners(NamespaceReader& reader) {
  reader.open();
  caller_.emplace(system_);
  if (query_.source != Source::Proc) kernel_sockets_.note(reader, dump_groups_);
}

OwnerTable RowBuilder::read_owners() {
  return OwnerTable::read(system_, query_.process_source, plan_.needs,
                          [this](std::uint32_t uid) { return std::string(owner_names_.user(uid)); });
}

const OwnerTable& RowBuilder::owners() {
  if (pending_owners_.valid()) {
    owners_ = pending_owners_.get();
    ahead_->receive_ahead(0);
  }
  return owners_;
}

void RowBuilder::read_peers(const std::optional<NetworkNamespaces>& found) {
  const bool whole = needs_any(plan_.needs, Needs::PeerOwners);
  peers_.emplace(system_, owners_);
  peers_->read(query_.source, found ? *found : find_network_namespaces(system_, owners_.namespaces()),
               whole ? StateSet::all() : ListeningStates);
}

/// For the peer of a unix socket, the kernel reports only its inode number.
void RowBuilder::learn_unix_names(NamespaceReader& reader) {
  if (query_.source == Source::Proc) return;  // which has no peers
  std::vector<DumpGroup> unix_groups = dump_groups_;
  std::erase_if(unix_groups,
                [](const DumpGroup& group) { return group.parts.front()->kind.family != Family::Unix; });
  if (unix_groups.empty()) return;
  unix_names_ = {};
  reader.read(unix_groups, every_state, [this](const Socket& socket) {
    unix_names_.learn(socket);
    return true;
  });
}

void RowBuilder::learn_hosts(const EverySocket& read) {
  if (!needs_any(plan_.needs, Needs::HostNames)) return;
  std::set<Address> addresses;
  read([&](const Socket& socket) {
    for (const auto& address : {socket.local_address, socket.peer_address})
      if (address && !address->is_wildcard()) addresses.insert(*address);
    return true;
  });
  if (const auto learned = names_.learn_hosts(addresses); !learned)
    hosts_warning_ = Warning{Warning::Kind::NamesMissing, learned.error().message(), {}};
}

void RowBuilder::complete(Socket& socket) const {
  if (query_.unbound && !socket.unbound) socket.unbound = false;
  unix_names_.complete(socket);
}

Holders RowBuilder::holders_of(Socket& socket) {
  const OwnerTable& table = owners();
  Holders holders;
  if (socket.inode) holders.owners = table.owners_of(*socket.inode);
  if (holders.owners.empty() && kernel_sockets_.holds(socket, table)) socket.kernel_owned = true;
  if (needs_any(plan_.needs, Needs::PeerOwners)) holders.peers = peers_->peers_of(socket);
  if (needs_any(plan_.needs, Needs::ProxyTargets))
    holders.proxied = peers_->proxied_by(holders.owners, socket.netns.value_or(0));
  return holders;
}

std::vector<Socket> RowBuilder::find_unbound(const std::unordered_set<std::uint64_t>& namespaces,
                                             const std::unordered_set<std::uint64_t>& listed) {
  UnboundSockets sockets =
      sockutils::find_unbound(system_, owners(), {plan_.kinds, query_.source, namespaces, listed});
  guessed_namespaces_ = sockets.guessed;
  return std::move(sockets.found);
}

void RowBuilder::note_owner(const Socket& socket, const Holders& holders) {
  if (!holders.owners.empty() || !socket.inode || socket.kernel_owned) return;
  if (!ownerless_inodes_.insert(*socket.inode)) return;
  ++ownerless_.all;
  if (kernel_sockets_.is_in_doubt(socket)) ++ownerless_.in_doubt;
}

void RowBuilder::forget_owners() {
  ownerless_ = {};
  ownerless_inodes_ = {};
}

void RowBuilder::add_warnings(std::vector<Warning>& warnings) {
  const OwnerTable& table = owners();
  const auto add = [&](const std::vector<Warning>& more) {
    warnings.insert(warnings.end(), more.begin(), more.end());
  };
  if (caller_ && needs_any(plan_.needs, Needs::Owners)) {
    OwnerlessSockets ownerless = ownerless_;
    if (peers_) ownerless.all += peers_->ownerless();
    add(owner_warnings(system_, table, *caller_, ownerless, kernel_sockets_.doubt()));
  }
  add(table.warnings());
  if (peers_) add(peers_->warnings());
  if (hosts_warning_) warnings.push_back(*hosts_warning_);
  if (caller_ && query_.unbound) add(unread_processes(system_, table, *caller_, UnknownUnbound));
  if (caller_ && query_.unbound)
    if (auto warning = namespace_guess_warning(
            guessed_namespaces_, caller_->remedy({Capability::SysPtrace, Capability::NetAdmin})))
      warnings.push_back(*std::move(warning));
  add(names_.warnings());
}

void RowBuilder::add_notes(std::vector<std::string>& notes) {
  if (!owners().source().empty()) notes.push_back("owners from " + owners().source());
}

}  // namespace sockutils
