/// The network namespaces that are watched: what follows their sockets, and what counts their packets.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/follow.h"
#include "sockutils/list.h"
#include "sockutils/record.h"
#include "tui/collect/packet_counter.h"
#include "tui/collect/socket_book.h"

namespace tui {

/// Not for several threads at once; always the same one.
class Places {
 public:
  /// What is heard goes into `book`, which has to outlive this.
  explicit Places(SocketBook& book) : book_(book) {}

  /// Follows this query, `with_packets` counts packets too. What counts packets goes on from one query to the
  /// next. Errors: as `Follower::start()`, when none of the namespaces can be followed.
  sockutils::Result<void> start(const sockutils::Query& query, std::chrono::milliseconds interval,
                                bool with_packets);
  void stop() { places_.clear(); }
  bool started() const { return !places_.empty(); }
  void set_interval(std::chrono::milliseconds interval);

  /// Hears what happens, for about as long as `limit`; `stop` is asked again and again. True: each namespace
  /// has been looked at since that was last said. Errors: nothing can be followed any more.
  sockutils::Result<bool> run_for(std::chrono::milliseconds limit, const std::function<bool()>& stop);

  /// To be called when all have been looked at, before the book finishes its look.
  void count_packets(PacketAccount& account);

  /// From now on, what is heard and counted is kept until it is fetched.
  void keep_for_recording() { keeps_ = true; }
  /// What happened since the last time. To be fetched once after `count_packets()`.
  std::vector<sockutils::Between> fetch_between();
  /// Those that are looked at, and those that cannot be; empty when it is that of the calling thread.
  std::vector<sockutils::NetworkNamespace> namespaces() const;

  std::vector<sockutils::Warning> warnings() const;
  /// Of all of them together; with several, interfaces have the names of their namespaces before their own.
  std::optional<sockutils::MachineCounters> machine() const;

 private:
  struct Place {
    /// No value: that of the calling thread.
    std::optional<sockutils::NetworkNamespace> where;
    sockutils::Follower follower;
    bool looked_at = false;
    bool first_look = true;
  };

  sockutils::Result<void> add(const std::optional<sockutils::NetworkNamespace>& where);
  sockutils::Result<void> hear(Place& place, std::chrono::milliseconds limit,
                               const std::function<bool()>& stop);
  void give_up(Place& place, const sockutils::Error& error);
  void look_for_others();
  void keep_closing(std::uint64_t netns, std::string_view datagram);
  void begin_counting(const std::optional<sockutils::NetworkNamespace>& where);

  SocketBook& book_;
  sockutils::Query query_;
  std::chrono::milliseconds interval_{1000};
  bool counts_packets_ = false;
  std::list<Place> places_;
  /// By the inode number of their namespaces; 0: that of the calling thread.
  std::map<std::uint64_t, PacketCounter> counters_;
  /// For a recording, by the same number. Beyond so many bytes closings are only said to be lost.
  static constexpr std::size_t MostKept = std::size_t{32} << 20;
  bool keeps_ = false;
  std::size_t kept_ = 0;
  std::map<std::uint64_t, sockutils::HeardClosings> closings_;
  std::map<std::uint64_t, sockutils::CountedPackets> packets_;
  /// Why some are not followed.
  std::vector<sockutils::Warning> refusals_;
  std::vector<sockutils::NetworkNamespace> refused_;
  Clock::time_point searched_{};
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
