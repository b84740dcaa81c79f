/// Keeps account of sockets across snapshots. Pure: no input, and times are parameters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sockutils/follow.h"
#include "tui/collect/flow_attribution.h"
#include "tui/collect/frame.h"

namespace tui {

/// Not for use by several threads at once.
class SocketAccounting {
 public:
  struct Options {
    /// How long a closed socket is shown, and how long a new one is marked.
    Clock::duration keep_closed = std::chrono::seconds(5);
    Clock::duration mark_new = std::chrono::seconds(3);
  };

  SocketAccounting(Fields columns, const Options& options);

  /// Handles one event of a follower whose query has `book_fields()` (socket_facts.h); `now` is the time of
  /// its arrival. Sockets in a follower's first snapshot existed before: they have no rates yet.
  void take(const sockutils::Event& event, Clock::time_point now, bool first_look = false);

  /// Another follower begins: sockets that its first snapshot lacks are removed, and none of its sockets are
  /// marked as new.
  void begin_anew();
  /// The same with other columns.
  void set_columns(Fields columns);
  /// Open sockets that this snapshot did not report.
  std::vector<RowKey> unseen() const;
  /// Whether the socket is known; closed ones are known for some time.
  bool knows(const RowKey& key) const { return entries_.contains(key); }
  bool is_open(const RowKey& key) const;
  /// Closes a socket for which there is no event.
  void close(const RowKey& key, Clock::time_point now);
  /// Closes all sockets of a network namespace, because it has ended.
  void close_namespace(std::uint64_t netns, Clock::time_point now);

  /// Whether sockets without counters get theirs from packets. If not, their rates are absent.
  void set_counting(bool counting) { counting_ = counting; }
  /// Adds bytes that packets carried for a socket since the last frame. Call it before `finish_look()`.
  void add_packets(const RowKey& key, std::uint64_t in, std::uint64_t out);
  /// Recently closed sockets without counters.
  std::vector<BoundSocket> closed_sockets() const;

  /// Ends a snapshot, and returns its frame. The caller fills in the members about the machine and the
  /// collector.
  Frame finish_look(Clock::time_point now);

  /// The history of a socket, the latest last; empty when there was no traffic.
  std::vector<Moment> history_of(const RowKey& key) const;

  std::size_t size() const { return entries_.size(); }
  std::uint64_t losses() const { return losses_; }

 private:
  static constexpr Clock::time_point Never = Clock::time_point::max();

  /// The last reading of a socket's counters.
  struct CounterSample {
    Clock::time_point time{};
    CompactOptional<std::uint64_t> bytes_in;
    CompactOptional<std::uint64_t> bytes_out;
    CompactOptional<std::uint64_t> retransmits;
    CompactOptional<std::uint64_t> segments_out;

    static CounterSample of(const sockutils::CounterReading& counters);
    sockutils::CounterReading counters() const;
  };
  struct Entry {
    /// The row as of its last change.
    std::shared_ptr<const SocketRow> row;
    CounterSample reading;
    std::uint64_t look = 0;
    Clock::time_point new_until = Never;
    Clock::time_point closed = Never;
    std::vector<Moment> history;

    bool is_new() const { return new_until != Never; }
    bool is_closed() const { return closed != Never; }
  };
  struct PacketBytes {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
  };
  using Entries = std::unordered_map<RowKey, Entry, RowKeyHash>;

  void pack(sockutils::Values shown, const sockutils::OptionalValue& owners, const SocketRow& row,
            const Entry& entry, Clock::time_point now);
  std::shared_ptr<const OwnerList> keep_owners(const Entry& entry, bool may_differ);
  void close(Entry& entry, Clock::time_point now);
  Entry& place_for(const RowKey& key, const sockutils::Event& event, Clock::time_point now);
  void count(SocketRow& row, Entry& entry, const CounterSample& now, bool born);
  void count_packets(const RowKey& key, Entry& entry, Clock::time_point now);
  void remember(Entry& entry, const Moment& moment);
  void finish_row(SocketRow& row, const Entry& entry, Clock::time_point now) const;
  void mark(SocketRow& row, const Entry& entry) const;
  sockutils::OptionalValue own_value(const sockutils::Field& column, const SocketRow& row, const Entry& entry,
                                     Clock::time_point now, std::string& text) const;
  void settle(Entry& entry, Clock::time_point now);
  bool is_over(const Entry& entry, Clock::time_point now) const;

  Fields columns_;
  Options options_;
  Entries entries_;
  CompactRow::Builder builder_;
  std::unordered_map<RowKey, PacketBytes, RowKeyHash> packets_;
  bool counting_ = false;
  sockutils::ProcessPool processes_;
  std::uint64_t look_ = 1;
  bool anew_ = true;
  std::optional<Clock::time_point> last_look_;
  Totals totals_;
  std::vector<Moment> history_;
  /// Number of sockets with a history.
  std::size_t histories_ = 0;
  std::uint64_t losses_ = 0;
};

}  // namespace tui
