/// Keeps account of sockets from one look to the next. Pure: it reads nothing and is told the time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sockutils/follow.h"
#include "tui/frame.h"

namespace tui {

/// The fields that a query has to have for a book with these columns.
Fields book_fields(const Fields& columns);

/// Not for several threads at once.
class SocketBook {
 public:
  struct Options {
    /// How long a closed socket stays, and a new one is marked.
    Clock::duration keep_closed = std::chrono::seconds(5);
    Clock::duration mark_new = std::chrono::seconds(3);
  };

  SocketBook(Fields columns, const Options& options);

  /// One event of a follower whose query has `book_fields()`; `now` is when it came.
  void take(const sockutils::Event& event, Clock::time_point now);

  /// Another follower begins: what its first look lacks is no more to be shown, and nothing is new in it.
  void begin_anew();
  /// The same with other columns.
  void set_columns(Fields columns);

  /// Closes a look and tells what is known. The members about the machine and the collector are left to the
  /// caller.
  Frame finish_look(Clock::time_point now);

  std::size_t size() const { return entries_.size(); }
  std::uint64_t losses() const { return losses_; }

 private:
  struct Entry {
    /// As it was when anything of it was last another than before.
    std::shared_ptr<const SocketRow> row;
    sockutils::CounterReading reading;
    std::uint64_t look = 0;
    Clock::time_point first_seen{};
    std::optional<Clock::time_point> new_until;
    std::optional<Clock::time_point> closed;
    std::vector<Moment> history;
  };
  using Entries = std::unordered_map<RowKey, Entry, RowKeyHash>;

  std::shared_ptr<SocketRow> make_row(const sockutils::Event& event, const Entry& entry);
  std::shared_ptr<const KeptOwners> keep_owners(const sockutils::OptionalValue& value, const Entry& entry,
                                                bool fresh);
  Entry& place_for(const sockutils::Event& event, Clock::time_point now);
  void count(SocketRow& row, Entry& entry, bool born);
  void fill_own_columns(SocketRow& row, Clock::time_point now) const;
  void settle(Entry& entry, Clock::time_point now);
  void forget_processes();

  Fields columns_;
  Options options_;
  Entries entries_;
  using ProcessKey = std::pair<std::int32_t, std::uint64_t>;
  std::map<ProcessKey, std::weak_ptr<const sockutils::Process>> processes_;
  std::uint64_t look_ = 1;
  bool anew_ = true;
  std::optional<Clock::time_point> last_look_;
  Totals totals_;
  std::vector<Moment> history_;
  std::uint64_t losses_ = 0;
};

}  // namespace tui
