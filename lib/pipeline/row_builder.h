/// From sockets to rows: everything that a row needs beyond its socket is acquired here.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "acquire/names/system_names.h"
#include "acquire/names/unix_names.h"
#include "acquire/namespaces/namespace_reader.h"
#include "acquire/processes/kernel_sockets.h"
#include "acquire/processes/owner_table.h"
#include "acquire/processes/owner_warning.h"
#include "common/number_set.h"
#include "model/row.h"
#include "pipeline/holders.h"
#include "pipeline/peers.h"
#include "pipeline/plan.h"

namespace sockutils {

/// A listing acquires once, before its first row. A follower acquires again when there is a socket that the
/// tables do not know yet; names are kept once they are known.
///
/// Not for use by several threads at once. `system`, `query` and `plan` must outlive this.
class RowBuilder {
 public:
  RowBuilder(const System& system, const Query& query, const Plan& plan);

  /// Reads what the plan needs about owners, other ends and names of unix sockets, in the network namespaces
  /// of `reader`. Call it in the namespace that the reader considers its own. `found` are the namespaces to
  /// search for other ends; no value: all namespaces.
  void acquire(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found);

  /// As `acquire()`, but when many files are open, the owners are read on another thread, while `reader`,
  /// which must outlive that, receives ahead. The next call that needs the owners waits for them.
  void acquire_ahead(NamespaceReader& reader, const std::optional<NetworkNamespaces>& found);
  bool is_waiting() const { return pending_owners_.valid(); }

  /// Reads every socket that rows will be made of, for a first pass.
  using EverySocket = std::function<void(const SocketSink&)>;
  /// Looks up the names of all hosts at once, except those already asked for.
  void learn_hosts(const EverySocket& read);

  /// See `SystemNames::enter()`.
  void enter(std::optional<std::uint64_t> netns, bool is_there = true) { names_.enter(netns, is_there); }
  void learn_namespaces(const std::vector<NetworkNamespace>& found) { names_.learn_namespaces(found); }

  /// Adds to a socket what is known from other sockets, or from their absence.
  void complete(Socket& socket) const;
  /// Finds the owners related to a socket, and marks it when the kernel itself holds it. The spans are valid
  /// until `acquire()` is called again.
  Holders holders_of(Socket& socket);
  SocketRow row(const Socket& socket, const Holders& holders) const {
    return {socket, holders.owners, names_, holders.peers, holders.proxied};
  }

  /// Sockets of these namespaces that are in no table of the kernel; `listed` holds the inode numbers of
  /// those that are in one.
  std::vector<Socket> find_unbound(const std::unordered_set<std::uint64_t>& namespaces,
                                   const std::unordered_set<std::uint64_t>& listed);

  bool needs_owners() const;
  bool needs_peers() const { return needs_any(plan_.needs, Needs::PeerOwners | Needs::ProxyTargets); }
  /// Whether acquired tables can become outdated; if not, nothing ever needs to be acquired again.
  bool needs_tables() const;

  /// Counts the socket for `add_warnings()` if it has an inode but no known owner; each socket once.
  void note_owner(const Socket& socket, const Holders& holders);
  void forget_owners();
  /// Warns of what could not be found out.
  void add_warnings(std::vector<Warning>& warnings);
  /// Notes where the owners were read from.
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
  /// The users of processes: a separate object, because `names_` is not thread-safe.
  SystemNames owner_names_;
  OwnerTable owners_;
  std::size_t guessed_namespaces_ = 0;
  KernelSockets kernel_sockets_;
  OwnerlessSockets ownerless_;
  NumberSet ownerless_inodes_;
  /// Of the last acquisition.
  std::optional<Caller> caller_;
  UnixNames unix_names_;
  std::optional<PeerTable> peers_;
  std::optional<Warning> hosts_warning_;
  /// Receives ahead until the owners have been read.
  NamespaceReader* ahead_ = nullptr;
  /// Declared last, so that its thread ends before the members it uses are destroyed.
  std::future<OwnerTable> pending_owners_;
};

}  // namespace sockutils
