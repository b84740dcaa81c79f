/// Watches network namespaces: follows their sockets and counts their packets.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/follow.h"
#include "sockutils/list.h"
#include "sockutils/record.h"
#include "tui/collect/packet_counter.h"
#include "tui/collect/socket_accounting.h"

namespace tui {

/// Always to be used by the same thread, except `interrupt()`.
class NamespaceWatcher {
 public:
  /// Events go to `book`, which must outlive this.
  explicit NamespaceWatcher(SocketAccounting& book) : book_(book) {}

  /// Follows this query; `with_packets` also counts packets. Packet counters keep running from one query to
  /// the next. Errors: as `Follower::start()`.
  sockutils::Result<void> start(const sockutils::Query& query, std::chrono::milliseconds interval,
                                bool with_packets);
  void stop();
  bool started() const { return follower_.has_value(); }
  void set_interval(std::chrono::milliseconds interval) { follower_->set_interval(interval); }

  /// Receives events until a snapshot of all namespaces is complete; returns true then. Returns false after
  /// `interrupt()`, and for other reasons. Errors: nothing can be followed any longer.
  sockutils::Result<bool> run();
  /// Ends the current `run()`, or the next one. May be called from any thread.
  void interrupt() const;

  /// Call it when a snapshot is complete, before the book finishes it.
  void count_packets(PacketAccount& account);

  /// From now on, keeps events and counts until they are fetched.
  void keep_for_recording() { keeps_ = true; }
  /// What happened since the last call. Call it once after each `count_packets()`.
  std::vector<sockutils::IntervalEvents> fetch_between();
  /// The namespaces that are followed, and those that cannot be; empty for only the one of the calling
  /// thread.
  std::vector<sockutils::NetworkNamespace> namespaces() const;

  std::vector<sockutils::Warning> warnings() const;
  /// The sum over all namespaces; with several, interface names are prefixed by the name of the namespace.
  std::optional<sockutils::MachineCounters> machine() const;

 private:
  using MaybeNamespace = std::optional<sockutils::NetworkNamespace>;

  std::vector<sockutils::FollowedNamespace> followed() const;
  /// No value for the namespace of the calling thread, if none was selected.
  MaybeNamespace named(const sockutils::NetworkNamespace& where) const;
  void keep_closing(std::uint64_t netns, std::string_view datagram);
  void adapt_counters();

  SocketAccounting& book_;
  sockutils::Query query_;
  bool counts_packets_ = false;
  /// Guards `follower_`, which another thread may interrupt.
  mutable std::mutex mutex_;
  std::optional<sockutils::Follower> follower_;
  /// By the inode number of the namespace; 0: the one of the calling thread.
  std::map<std::uint64_t, PacketCounter> counters_;
  /// For a recording, by the same number. Beyond this many bytes closings are only recorded as lost.
  static constexpr std::size_t MaxKept = std::size_t{32} << 20;
  bool keeps_ = false;
  std::size_t kept_ = 0;
  std::map<std::uint64_t, sockutils::HeardClosings> closings_;
  std::map<std::uint64_t, sockutils::CountedPackets> packets_;
};

/// Adds the counters of one namespace to the sum. Its interfaces get its name as a prefix, unless that is
/// empty.
void add_counters(std::optional<sockutils::MachineCounters>& sum, sockutils::MachineCounters more,
                  const std::string& where);

/// The name of a namespace on the screen.
std::string name_of(const sockutils::NetworkNamespace& space);

/// Warns that connections between two snapshots are not seen.
sockutils::Warning closings_not_told(const std::string& refusal);

}  // namespace tui
