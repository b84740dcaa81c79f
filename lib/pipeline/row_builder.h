/// From a socket to a row: what a row needs beyond its socket is acquired here, and nowhere else.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <set>
#include <span>
#include <unordered_set>
#include <vector>

#include "acquire/names/system_names.h"
#include "acquire/names/unix_names.h"
#include "acquire/namespaces/namespace_reader.h"
#include "acquire/processes/kernel_sockets.h"
#include "acquire/processes/owner_table.h"
#include "model/row.h"
#include "pipeline/holders.h"
#include "pipeline/peers.h"
#include "pipeline/plan.h"

namespace sockutils {

/// A listing acquires once, before its first row. Who goes on looking acquires again when there is a socket
/// that the tables do not know yet; names, once learnt, are kept.
///
/// Not for several threads at once. `system`, `query` and `plan` have to outlive this.
class RowBuilder {
 public:
  RowBuilder(const System& system, const Query& query, const Plan& plan);

  /// Reads what the plan needs of owners, other ends and names of unix sockets, in the network namespaces of
  /// `reader`. To be called in the namespace that the reader takes for its own. `found` are the namespaces
  /// in which to look for other ends; no value: all that there are.
  void acquire(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found);

  /// As `acquire()`, but where many files are open the owners are read on another thread, while `reader`,
  /// which has to outlive that, receives ahead. The next call that needs them waits.
  void acquire_ahead(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found);
  bool is_waiting() const { return pending_owners_.valid(); }

  /// Reads every socket that rows will be made of, for a first look.
  using EverySocket = std::function<void(const SocketSink&)>;
  /// Looks up the names of hosts, all at once; those that were asked for before are not asked for again.
  void learn_hosts(const EverySocket& read);

  /// See `SystemNames::enter()`.
  void enter(std::optional<std::uint64_t> netns, bool is_there = true) { names_.enter(netns, is_there); }
  void learn_namespaces(const std::vector<NetworkNamespace>& found) { names_.learn_namespaces(found); }

  /// Adds to a socket what other sockets, or nobody, tell of it.
  void complete(Socket& socket) const;
  /// Looks who has to do with it, and marks it when the kernel itself holds it. What the spans lead to is
  /// there until `acquire()` is called again.
  Holders holders_of(Socket& socket);
  SocketRow row(const Socket& socket, const Holders& holders) const {
    return {socket, holders.owners, names_, holders.peers, holders.proxied};
  }

  /// Sockets that no table of the kernel had, in the namespace `netns` that the calling thread is in;
  /// `listed` holds the inode numbers of those that some had.
  std::vector<Socket> find_unbound(std::uint64_t netns, const std::unordered_set<std::uint64_t>& listed);

  bool needs_owners() const;
  bool needs_peers() const { return needs_any(plan_.needs, Needs::PeerOwners | Needs::ProxyTargets); }
  /// What was acquired may say something else by now; else nothing is ever to be acquired again.
  bool needs_tables() const;

  /// What could not be known; `ownerless` rows have an inode and no known owner.
  void add_warnings(std::vector<Warning>& warnings, std::size_t ownerless);
  /// Where the owners came from, in words.
  void add_notes(std::vector<std::string>& notes);

 private:
  const OwnerTable& owners();
  OwnerTable read_owners();
  void prepare_owners(NamespaceReader& reader);
  void read_peers(const std::optional<NetworkNamespaces>& found);
  void learn_unix_names(NamespaceReader& reader);

  const System& system_;
  const Query& query_;
  const Plan& plan_;
  std::vector<DumpGroup> dump_groups_;
  SystemNames names_;
  /// Of the users of processes: `names_` is not for two threads.
  SystemNames owner_names_;
  OwnerTable owners_;
  KernelSockets kernel_sockets_;
  UnixNames unix_names_;
  std::optional<PeerTable> peers_;
  std::set<Address> asked_hosts_;
  std::optional<Warning> hosts_warning_;
  /// Receives ahead until the owners are there.
  NamespaceReader* ahead_ = nullptr;
  /// Last, so that its thread ends before what it uses.
  std::future<OwnerTable> pending_owners_;
};

}  // namespace sockutils
