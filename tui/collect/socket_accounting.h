/// Keeps account of sockets from one look to the next. Pure: it reads nothing and is told the time.
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

/// Not for several threads at once.
class SocketAccounting {
 public:
  struct Options {
    /// How long a closed socket stays, and a new one is marked.
    Clock::duration keep_closed = std::chrono::seconds(5);
    Clock::duration mark_new = std::chrono::seconds(3);
  };

  SocketAccounting(Fields columns, const Options& options);

  /// One event of a follower whose query has `book_fields()` (socket_facts.h); `now` is when it came. What a
  /// follower tells in its first look was there before: it has no rates yet.
  void take(const sockutils::Event& event, Clock::time_point now, bool first_look = false);

  /// Another follower begins: what its first look lacks is no more to be shown, and nothing is new in it.
  void begin_anew();
  /// The same with other columns.
  void set_columns(Fields columns);
  /// Those that were not told of in this look and have not closed.
  std::vector<RowKey> unseen() const;
  /// It is there; closed ones are known for some time.
  bool knows(const RowKey& key) const { return entries_.contains(key); }
  bool is_open(const RowKey& key) const;
  /// It has closed, as nobody but the caller says.
  void close(const RowKey& key, Clock::time_point now);
  /// Nothing more is heard of the sockets of a network namespace: it has ended.
  void close_namespace(std::uint64_t netns, Clock::time_point now);

  /// Whether sockets without counters have what packets say. Without, their rates are absent.
  void set_counting(bool counting) { counting_ = counting; }
  /// Bytes that packets carried for a socket since the last look, to be told before the look is finished.
  void add_packets(const RowKey& key, std::uint64_t in, std::uint64_t out);
  /// Those without counters that have closed of late.
  std::vector<BoundSocket> closed_sockets() const;

  /// Closes a look and tells what is known. The members about the machine and the collector are left to the
  /// caller.
  Frame finish_look(Clock::time_point now);

  /// What is remembered of a socket, the latest last; empty when nothing passed.
  std::vector<Moment> history_of(const RowKey& key) const;

  std::size_t size() const { return entries_.size(); }
  std::uint64_t losses() const { return losses_; }

 private:
  static constexpr Clock::time_point Never = Clock::time_point::max();

  /// Counters as they were last read.
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
    /// As it was when anything of it was last another than before.
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
  /// Sockets that have one.
  std::size_t histories_ = 0;
  std::uint64_t losses_ = 0;
};

}  // namespace tui
