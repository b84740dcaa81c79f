/// Derives events from snapshots and from the kernel's reports of closings. Pure: no input, no clock.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/packed_socket.h"
#include "model/socket.h"
#include "os/system.h"
#include "pipeline/holders.h"
#include "sockutils/compact_row.h"
#include "sockutils/follow.h"
#include "sockutils/value.h"

namespace sockutils {

/// What happened to one socket; valid during the call.
struct SocketChange {
  EventKind kind;
  std::chrono::system_clock::time_point time;
  const Socket& socket;
  Holders holders;
  std::optional<State> previous_state;
  std::optional<std::chrono::microseconds> seen;
  bool from_kernel = false;
};

using ChangeSink = std::function<void(const SocketChange&)>;

/// Holders that outlive the tables that they came from.
class KeptHolders {
 public:
  /// Holders that the tables do not know, or no longer know, are kept.
  void keep(const Holders& holders, ProcessPool& pool);
  Holders get() const;

 private:
  struct OtherEnd {
    OwnerList peers;
    OwnerList proxied;
  };
  OwnerList owners_;
  /// Allocated only for queries that need it.
  std::unique_ptr<OtherEnd> other_end_;
};

/// A socket's identity: family and cookie. Without a cookie, connections are identified by their ends, other
/// sockets by inode.
struct SocketKey {
  std::uint64_t number;
  std::uint32_t group;
  friend bool operator==(const SocketKey&, const SocketKey&) = default;
};
SocketKey key_of(const Socket& socket);

/// Not for use by several threads at once.
class SocketTracker {
 public:
  struct Rules {
    std::function<bool(const Socket&, const Holders&)> matches;
    /// Called for each socket, and again when it gets an inode or there are new tables; the content of the
    /// spans is copied. May mark the socket as owned by the kernel.
    std::function<Holders(Socket&)> holders_of;
    bool owners_wanted = false;
    bool peers_wanted = false;
    /// Whether the kernel will report the closing of this socket.
    std::function<bool(const Socket&)> kernel_tells;
    /// Whether a socket that was in no snapshot may be matched by its final values.
    bool judge_unseen = true;
    /// Every snapshot reports all sockets that match, and no others.
    bool tell_all = false;
  };

  explicit SocketTracker(Rules rules) : rules_(std::move(rules)) {}

  /// One snapshot is `begin()`, `see()` for each socket (a dump may contain one twice) and `end()`. The
  /// sockets of the first snapshot are not reported, except with `tell_all`.
  /// `anew`: the tables behind `Rules::holders_of` have been replaced since the previous snapshot.
  void begin(const Moment& now, bool anew);
  void see(Socket& socket, const ChangeSink& sink);
  /// Like `see()`, but only for known sockets; returns false for others.
  bool see_known(Socket& socket, const ChangeSink& sink);
  /// A socket counts as closed when two successive snapshots lack it: dumps skip some while the table
  /// changes, and the kernel's report may still arrive. Nothing is concluded for kinds that could not be read
  /// this time.
  void end(std::span<const SocketKind> unread, const ChangeSink& sink);

  /// All sockets are gone, together with their network namespace.
  void end_all(const Moment& now, const ChangeSink& sink);

  /// The kernel reports that this socket is gone.
  void destroyed(Socket& socket, const Moment& now, const ChangeSink& sink);

  /// Whether another snapshot would find closings that nothing else reports.
  bool wants_confirmation() const { return unconfirmed_; }
  /// Whether reading the tables again may find holders of sockets that had none: a connection exists before
  /// the process that accepts it holds it. Not without limit, because some sockets have no holder.
  bool wants_holders() const { return unheld_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t round = 0;
    std::chrono::steady_clock::time_point first_seen{};
    /// The snapshot that first lacked it; 0: the last snapshot had it.
    std::uint64_t missed_by = 0;
    std::optional<State> state;
    SocketKind kind{};
    bool has_inode = false;
    /// Reported as closed; later reports of the kernel are ignored.
    bool told = false;
    bool kernel_owned = false;
    /// The number of tables that were searched for its missing holders.
    unsigned lookups = 0;
    KeptHolders holders;
    /// The socket as last seen; only for sockets that have matched.
    PackedSocket socket;
    /// Its members that a later, incomplete socket inherits.
    std::uint16_t heritage = 0;
    /// Its closing will be reported.
    bool matches = false;
  };
  struct KeyHash {
    std::size_t operator()(const SocketKey& key) const {
      return std::hash<std::uint64_t>{}(key.number * 31 + key.group);
    }
  };
  using Entries = std::unordered_map<SocketKey, Entry, KeyHash>;

  void see(Entry& entry, Socket& socket, const ChangeSink& sink);
  void learn_holders(Entry& entry, Socket& socket, bool fresh);
  void tell_difference(const Entry& entry, const Socket& socket, bool fresh, const ChangeSink& sink) const;
  void tell_missing(const Entry& entry, const Moment& when, const ChangeSink& sink);
  void forget_told();

  Rules rules_;
  ProcessPool processes_;
  Entries entries_;
  std::uint64_t round_ = 0;
  Moment now_{};
  /// The time when the previous snapshot began: what is missing twice was missed then.
  Moment before_{};
  /// A buffer for unpacking.
  Socket known_;
  bool unconfirmed_ = false;
  bool unheld_ = false;
  bool anew_ = false;
  std::size_t told_ = 0;
};

}  // namespace sockutils
