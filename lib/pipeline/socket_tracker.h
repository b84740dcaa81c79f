/// From snapshots and the kernel's closings to events. Pure: it reads nothing and knows no clock.
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

/// Holders that outlive their tables.
class KeptHolders {
 public:
  /// Whom the tables do not know, or know no more, stays as it was.
  void keep(const Holders& holders, ProcessPool& pool);
  Holders get() const;

 private:
  struct OtherEnd {
    OwnerList peers;
    OwnerList proxied;
  };
  OwnerList owners_;
  /// Most queries do not ask for it.
  std::unique_ptr<OtherEnd> other_end_;
};

/// A socket is its family and cookie. Without a cookie a connection is its ends, any other socket its inode.
struct SocketKey {
  std::uint64_t number;
  std::uint32_t group;
  friend bool operator==(const SocketKey&, const SocketKey&) = default;
};
SocketKey key_of(const Socket& socket);

/// Not for several threads at once.
class SocketTracker {
 public:
  struct Rules {
    std::function<bool(const Socket&, const Holders&)> matches;
    /// Asked for each socket, and again when it gets an inode and when there are new tables; what the spans
    /// lead to is copied. May mark the socket as the kernel's.
    std::function<Holders(Socket&)> holders_of;
    bool owners_wanted = false;
    bool peers_wanted = false;
    /// Whether the kernel will tell of this socket's end.
    std::function<bool(const Socket&)> kernel_tells;
    /// Whether a socket that no snapshot had may be judged by what it was at its end.
    bool judge_unseen = true;
    /// Every snapshot tells of every socket that matches, and of none that does no more.
    bool tell_all = false;
  };

  explicit SocketTracker(Rules rules) : rules_(std::move(rules)) {}

  /// One snapshot is `begin()`, `see()` for each socket (a dump may show one twice) and `end()`. What the
  /// first one has is no event, unless all is to be told.
  /// `anew`: the tables behind `Rules::holders_of` are others than in the snapshot before.
  void begin(const Moment& now, bool anew);
  void see(Socket& socket, const ChangeSink& sink);
  /// `see()` for sockets that are known; false for others.
  bool see_known(Socket& socket, const ChangeSink& sink);
  /// A socket is closed when two snapshots in a row lack it: dumps skip some while the table changes, and the
  /// kernel's word may still be on its way. Nothing follows of kinds that could not be read this time.
  void end(std::span<const SocketKind> unread, const ChangeSink& sink);

  /// All of them are gone, as their network namespace is.
  void end_all(const Moment& now, const ChangeSink& sink);

  /// The kernel says that this socket is gone.
  void destroyed(Socket& socket, const Moment& now, const ChangeSink& sink);

  /// Whether another snapshot would tell of closings that nobody else will.
  bool wants_confirmation() const { return unconfirmed_; }
  /// Whether tables that are read anew may tell who holds sockets that nobody was found to hold: a connection
  /// is there before the process that accepts it has it. Not for ever: some are nobody's.
  bool wants_holders() const { return unheld_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t round = 0;
    std::chrono::steady_clock::time_point first_seen{};
    /// By which round it was missed first; 0: it was there in the last.
    std::uint64_t missed_by = 0;
    std::optional<State> state;
    SocketKind kind{};
    bool has_inode = false;
    /// Told as closed; what the kernel says later of it is no news.
    bool told = false;
    bool kernel_owned = false;
    /// In how many tables holders that it lacks were looked for.
    unsigned lookups = 0;
    KeptHolders holders;
    /// As it was last seen; only of sockets that have matched.
    PackedSocket socket;
    /// What that has that one which lacks it inherits.
    std::uint16_t heritage = 0;
    /// Its end is to be told.
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
  /// When the round before began: what is missing twice was missed then.
  Moment before_{};
  /// For unpacking.
  Socket known_;
  bool unconfirmed_ = false;
  bool unheld_ = false;
  bool anew_ = false;
  std::size_t told_ = 0;
};

}  // namespace sockutils
