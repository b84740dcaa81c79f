/// Sockets counted by group: rows of a listing go in, one row for each group comes out.
///
///     auto grouping = Grouping::make({find_field("process")}, {{}, *Aggregate::parse("p99:tcp_rtt")});
///     Query query;
///     query.fields = grouping->input();
///     Groups groups(*grouping);
///     list_sockets(query, [&](Values row) { groups.add(row); return true; });
///     groups.finish({}, 10);
///     for (std::size_t i = 0; i < groups.size(); ++i) use(groups[i]);
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/query.h"
#include "sockutils/value.h"

namespace sockutils {

/// What is computed over the sockets of a group. A plain value. Since: 0.1
struct Aggregate {
  enum class Kind : std::uint8_t {
    Count,       ///< sockets in the group
    Distinct,    ///< different values of the field
    Sum,         ///< stays at the largest number when it would pass it
    Minimum,     ///< the smallest value
    Maximum,     ///< the largest value
    Average,     ///< the mean, rounded to the nearest whole unit
    Percentile,  ///< nearest rank: the smallest value that so many percent of all do not pass
  };
  Kind kind = Kind::Count;
  /// Null for `Count`. Sockets without a value of it count for nothing; where none has one, the result
  /// is absent.
  const Field* field = nullptr;
  /// For `Percentile`, in thousandths of a percent: 99'900 is p99.9.
  std::uint32_t percentile = 0;

  friend bool operator==(const Aggregate&, const Aggregate&) = default;

  /// Reads `count`, `sum:recv_queue`, `p99.9:tcp_rtt`, `median:tcp_rtt`, ...; `sum(recv_queue)` will do
  /// as well. Errors: a word or field that is unknown, or a field that has no such aggregate: sums,
  /// averages and percentiles are for quantities (counts, bytes, times), the smallest and largest for
  /// any number. Thread safety: pure.
  SOCKUTILS_EXPORT static Result<Aggregate> parse(std::string_view text);
};

/// The words before the colon that `Aggregate::parse()` knows; `p50`, `p90` and `p99` stand for all
/// percentiles. Since: 0.1
SOCKUTILS_EXPORT std::vector<std::string_view> aggregate_words();

/// By what sockets are grouped, and what is computed of each group. Immutable and cheap to copy; may be
/// used by many threads. Since: 0.1
class SOCKUTILS_EXPORT Grouping {
 public:
  /// Without a field in `by` there is one group, which holds every socket, even when there is none.
  /// Without an aggregate there is a count. What is named twice is there once. Errors: an aggregate that
  /// its field does not have.
  static Result<Grouping> make(const std::vector<const Field*>& by, std::vector<Aggregate> aggregates);

  /// `Query::fields` of the listing whose rows are added.
  const std::vector<const Field*>& input() const;
  /// The fields of a group's row: those of `by`, then one for each aggregate, called `count`,
  /// `sum_recv_queue`, `p99_tcp_rtt`, `p99_9_tcp_rtt`; their type is that of the field, or a count.
  /// They live as long as this object or a copy of it, and their `get` is null.
  const std::vector<const Field*>& output() const;
  /// One of `output()`: by its name, an alias, or an aggregate as it is written; or null.
  const Field* find(std::string_view name) const;

  struct Content;

 private:
  friend class Groups;
  explicit Grouping(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

/// Gathers groups. Holds one record for each group, and values of single sockets only where a percentile
/// or a number of different values is asked for. Not for several threads at once. Since: 0.1
class SOCKUTILS_EXPORT Groups {
 public:
  explicit Groups(Grouping grouping);
  ~Groups();
  Groups(Groups&&) noexcept;
  Groups& operator=(Groups&&) noexcept;

  /// Adds a socket: a row of `Grouping::input()`, whose values need not outlive the call. Absent is a
  /// group of its own. By a field of owners (`pid`, `process`, ...), a socket is counted in the group of
  /// each of its owners, but in each group once: the counts of all groups may add up to more than there
  /// are sockets.
  void add(Values row);

  /// Puts the groups in order and keeps the first `limit` of them. Keys are fields of
  /// `Grouping::output()`; others are ignored. Without a key the largest first aggregate comes first, then
  /// the groups by their fields. To be called once, after the last `add()`. Returns how many
  /// groups there were before the limit.
  std::size_t finish(std::span<const SortKey> order, std::optional<std::size_t> limit);

  /// Groups, once `finish()` was called.
  std::size_t size() const;
  /// Values of `Grouping::output()`, valid as long as this object.
  Values operator[](std::size_t index) const;

  struct Content;

 private:
  Grouping grouping_;
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
