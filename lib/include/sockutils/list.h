/// Asking for sockets: a `Query` goes in, rows of typed values come out, alone or added up in groups, or as
/// the summary of a machine.
///
///     Query query;
///     query.states = {State::Listen};
///     if (auto named = query.columns({"local", "local_port"}); !named) return 1;
///     std::size_t privileged = 0;
///     const auto report = list_sockets(query, [&](Values row) {
///       if (get<std::uint64_t>(row, 1) < 1024u) ++privileged;
///       return true;
///     });
///     std::cout << report->rows << " listeners\n";  // prints: ... listeners
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"
#include "sockutils/namespaces.h"
#include "sockutils/value.h"

namespace sockutils {

// ----------------------------------------------------------------------------------------------------
// Asking for sockets: a `Query` goes in, rows of typed values come out.

/// A kind of socket that can be listed: one row of the table of families.
struct SocketKind {
  Family family;
  /// Internet protocol; no value for families that are listed whole.
  std::optional<Protocol> protocol;

  friend bool operator==(const SocketKind&, const SocketKind&) = default;
};

/// Every kind that this library can list.
SOCKUTILS_EXPORT std::vector<SocketKind> socket_kinds();

/// Where sockets are read from.
enum class Source : std::uint8_t {
  Auto,     ///< netlink, and /proc/net for what the kernel has no netlink handler for
  Netlink,  ///< sock_diag(7) only
  Proc,     ///< /proc/net only, proc(5)
};

/// Where the owners of sockets are read from.
enum class ProcessSource : std::uint8_t {
  Auto,  ///< BPF where many files are open and it may be loaded, else /proc
  Bpf,   ///< the kernel's list of open files through a BPF iterator only
  Proc,  ///< /proc/PID/fd only, proc(5)
};

/// One key of an order. Sockets without a value come last either way.
struct SortKey {
  const Field* field;
  bool descending = false;
};

class Recording;

/// What to list.
struct Query {
  /// What to list; empty stands for the internet families with all their protocols.
  std::vector<SocketKind> kinds;
  StateSet states = StateSet::all();
  Filter filter;
  /// The values of a row, in this order.
  std::vector<const Field*> fields;
  /// With keys, rows come after everything was read, in this order. Without, they come as the kernel
  /// gives them, listeners first and by port when `listeners_first`.
  std::vector<SortKey> sort;
  bool listeners_first = false;
  /// At most so many rows: the first ones in the order. With `sort` no more than these are held.
  std::optional<std::size_t> limit;
  Source source = Source::Auto;
  ProcessSource process_source = ProcessSource::Auto;
  /// No names: values that are names (users, services) stay absent, `local` and `peer` hold numbers.
  bool numeric = false;
  /// List also the sockets of these kinds that no table of the kernel lists, found by the descriptors of
  /// processes: those that are neither bound nor connected. Where `kinds` is all of `socket_kinds()`, also
  /// those of kinds that this library does not know.
  bool unbound = false;
  /// Look up host names for `local` and `peer`: 2 seconds at most in all.
  bool resolve_hosts = false;
  /// Whose sockets; empty stands for the network namespace of the calling thread. One that cannot be
  /// entered is a warning, unless it is the only one.
  std::vector<NetworkNamespace> namespaces;
  /// Every network namespace that can be found when the listing begins, instead of `namespaces`.
  bool all_namespaces = false;
  /// List what this holds rather than what is open now, see sockutils/record.h; nothing of this machine is
  /// read then, and `source` has no meaning. Without namespaces in the query, of all that it was made of.
  std::shared_ptr<const Recording> recording = nullptr;
  /// Which of its snapshots, from 0.
  std::size_t snapshot = 0;
  /// List also kinds that it holds only to explain others.
  bool incidental = false;

  /// Sets `fields` by their names or aliases, as in `query.columns({"local", "processes"})`. Errors: there is
  /// no such field, and the name that may have been meant; nothing has changed then.
  SOCKUTILS_EXPORT Result<void> columns(const std::vector<std::string_view>& names);
  /// Sets `sort` alike, as in `query.order({"-tcp_rtt", "local"})`: a `-` puts the largest first.
  SOCKUTILS_EXPORT Result<void> order(const std::vector<std::string_view>& names);
};

/// How a listing ended.
struct Report {
  /// Rows delivered.
  std::size_t rows = 0;
  /// What could not be read.
  std::vector<Warning> warnings;
  /// Where the facts came from and why, a sentence each, for people. Nothing here is missing or wrong.
  std::vector<std::string> notes;

  /// Whether sockets may be missing.
  SOCKUTILS_EXPORT bool sockets_missing() const;
  /// Whether owners may be missing on rows that were delivered.
  SOCKUTILS_EXPORT bool owners_missing() const;
};

/// Receives one row; its values stay valid during the call. Returning false ends the listing. With other
/// network namespaces in the query it is called on other threads, by one at a time, while the caller waits.
using RowSink = std::function<bool(Values)>;

/// Lists the sockets of the calling thread's network namespace, or of those that the query names. The
/// calling thread stays where it is: a namespace is entered by a thread that lives as long as the call.
///
/// Errors: EINVAL for a field of the query, or of its order, that is null or none of a socket; else only when
/// nothing at all could be read; what is missing in part is a warning in the report. Thread safety: may run
/// in several threads at once. Sources: sock_diag(7), proc(5).
SOCKUTILS_EXPORT Result<Report> list_sockets(const Query& query, const RowSink& sink);

/// Rows that stay.
class SOCKUTILS_EXPORT Snapshot {
 public:
  Snapshot();
  ~Snapshot();
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;

  std::size_t size() const;
  /// The values of row `index`, valid as long as the snapshot.
  Values operator[](std::size_t index) const;
  const Report& report() const;

  struct Content;
  explicit Snapshot(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

/// `list_sockets()` into a snapshot.
SOCKUTILS_EXPORT Result<Snapshot> take_snapshot(const Query& query);

/// Names for filters, from the files and interfaces of this machine.
SOCKUTILS_EXPORT FilterNames system_filter_names();

// ----------------------------------------------------------------------------------------------------
// Sockets counted by group: rows of a listing go in, one row for each group comes out.
//
//     auto grouping = Grouping::make({find_field("process")}, {{}, *Aggregate::parse("p99:tcp_rtt")});
//     Query query;
//     query.fields = grouping->input();
//     Groups groups(*grouping);
//     list_sockets(query, [&](Values row) { groups.add(row); return true; });
//     groups.finish({}, 10);
//     for (std::size_t i = 0; i < groups.size(); ++i) use(groups[i]);

/// What is computed over the sockets of a group. A plain value.
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
/// percentiles.
SOCKUTILS_EXPORT std::vector<std::string_view> aggregate_words();

/// By what sockets are grouped, and what is computed of each group. Immutable and cheap to copy; may be
/// used by many threads.
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
/// or a number of different values is asked for. Not for several threads at once.
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

// ----------------------------------------------------------------------------------------------------
// A machine's sockets at a glance: how many of what, who has most, and what is about to run out.

/// One table of a summary.
class SOCKUTILS_EXPORT SummarySection {
 public:
  /// The contract: snake_case, the key in JSON.
  std::string_view name() const;
  /// A heading for people.
  std::string_view title() const;
  /// The fields of a row; their `get` may be null.
  const std::vector<const Field*>& fields() const;
  std::size_t size() const;
  Values operator[](std::size_t index) const;
  /// Rows that there was no room for.
  std::size_t left_out() const;

  /// A section of rows from elsewhere, whose text is copied; `name`, `title` and `fields` are not.
  SummarySection(std::string_view name, std::string_view title, std::vector<const Field*> fields,
                 std::span<const std::vector<OptionalValue>> rows, std::size_t left_out = 0);

  struct Content;
  explicit SummarySection(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

 private:
  std::shared_ptr<const Content> content_;
};

/// How much a summary tells.
struct SummaryOptions {
  /// Rows that a list holds at most.
  std::size_t top = 10;
  /// Whether processes are looked up in /proc; without it there is no section of processes.
  bool owners = true;
};

/// A summary; its values live as long as it does.
///
/// | section | a row is |
/// | --- | --- |
/// | `states` | family, protocol and state, with the number of sockets |
/// | `listeners` | a socket that listens, or receives from anyone, with its queue and first owner |
/// | `processes` | a process, its sockets, and how many files it may open (RLIMIT_NOFILE, soft) |
/// | `peers` | a remote address and its connections |
/// | `destinations` | a remote end, and the ephemeral ports of one local address in use towards it |
/// | `memory` | bytes in use by a protocol on the whole machine, and its limits (tcp_mem, udp_mem) |
/// | `limits` | other things that run out: orphans, TIME_WAIT sockets, open files |
struct Summary {
  std::vector<SummarySection> sections;
  Report report;
};

/// Counts the sockets that `query` selects (kinds, states, filter); its fields, order and limit are not
/// looked at. `memory` and `limits` are the kernel's own numbers, whatever
/// the query selects.
///
/// Of `destinations`: a port counts when it lies in net.ipv4.ip_local_port_range and nothing listens on
/// it; `limit` is the size of that range without net.ipv4.ip_local_reserved_ports.
///
/// Errors and thread safety: as `list_sockets()`. Sources: sock_diag(7), proc(5), tcp(7), udp(7),
/// Documentation/networking/ip-sysctl.rst of the kernel.
SOCKUTILS_EXPORT Result<Summary> summarize(const Query& query, const SummaryOptions& options = {});

}  // namespace sockutils
