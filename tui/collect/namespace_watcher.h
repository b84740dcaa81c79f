/// The network namespaces that are watched: what follows their sockets, and what counts their packets.
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

/// Not for several threads at once, but for `interrupt()`; always the same one.
class NamespaceWatcher {
 public:
  /// What is reported goes into `book`, which has to outlive this.
  explicit NamespaceWatcher(SocketAccounting& book) : book_(book) {}

  /// Follows this query, `with_packets` counts packets too. What counts packets goes on from one query to the
  /// next. Errors: as `Follower::start()`.
  sockutils::Result<void> start(const sockutils::Query& query, std::chrono::milliseconds interval,
                                bool with_packets);
  void stop();
  bool started() const { return follower_.has_value(); }
  void set_interval(std::chrono::milliseconds interval) { follower_->set_interval(interval); }

  /// Receives what happens until all have been looked at: true then. False after `interrupt()`, and for other
  /// reasons. Errors: nothing can be followed any more.
  sockutils::Result<bool> run();
  /// Ends `run()`, or the next one. From any thread.
  void interrupt() const;

  /// To be called when all have been looked at, before the book finishes its look.
  void count_packets(PacketAccount& account);

  /// From now on, what is reported and counted is kept until it is fetched.
  void keep_for_recording() { keeps_ = true; }
  /// What happened since the last time. To be fetched once after `count_packets()`.
  std::vector<sockutils::IntervalEvents> fetch_between();
  /// Those that are looked at, and those that cannot be; empty when it is that of the calling thread.
  std::vector<sockutils::NetworkNamespace> namespaces() const;

  std::vector<sockutils::Warning> warnings() const;
  /// Of all of them together; with several, interfaces have the names of their namespaces before their own.
  std::optional<sockutils::MachineCounters> machine() const;

 private:
  using MaybeNamespace = std::optional<sockutils::NetworkNamespace>;

  std::vector<sockutils::FollowedNamespace> followed() const;
  /// No value for that of the calling thread, when nobody asked for namespaces.
  MaybeNamespace named(const sockutils::NetworkNamespace& where) const;
  void keep_closing(std::uint64_t netns, std::string_view datagram);
  void adapt_counters();

  SocketAccounting& book_;
  sockutils::Query query_;
  bool counts_packets_ = false;
  /// For `follower_`, which another thread may interrupt.
  mutable std::mutex mutex_;
  std::optional<sockutils::Follower> follower_;
  /// By the inode number of their namespaces; 0: that of the calling thread.
  std::map<std::uint64_t, PacketCounter> counters_;
  /// For a recording, by the same number. Beyond so many bytes closings are only said to be lost.
  static constexpr std::size_t MaxKept = std::size_t{32} << 20;
  bool keeps_ = false;
  std::size_t kept_ = 0;
  std::map<std::uint64_t, sockutils::HeardClosings> closings_;
  std::map<std::uint64_t, sockutils::CountedPackets> packets_;
};

/// The counters of one of several namespaces to those of the others. Its interfaces have its name before
/// their own, unless it is empty.
void add_counters(std::optional<sockutils::MachineCounters>& sum, sockutils::MachineCounters more,
                  const std::string& where);

/// What a namespace is called on the screen.
std::string name_of(const sockutils::NetworkNamespace& space);

/// Why connections between two looks are not seen.
sockutils::Warning closings_not_told(const std::string& refusal);

}  // namespace tui
