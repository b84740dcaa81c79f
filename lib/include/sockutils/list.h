/// Listing sockets: a `Query` goes in, rows of typed values come out, either as they are, aggregated in
/// groups, or as the summary of a machine.
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
// Listing sockets: a `Query` goes in, rows of typed values come out.

/// A kind of socket that can be listed: one row of the table of families.
struct SocketKind {
  Family family;
  /// Protocol of an internet family; no value for the other families, which are listed as a whole.
  std::optional<Protocol> protocol;

  friend bool operator==(const SocketKind&, const SocketKind&) = default;
};

/// Every kind that this library can list.
SOCKUTILS_EXPORT std::vector<SocketKind> socket_kinds();

/// Where sockets are read from.
enum class Source : std::uint8_t {
  Auto,     ///< netlink, or /proc/net where the kernel has no netlink handler
  Netlink,  ///< sock_diag(7) only
  Proc,     ///< /proc/net only, proc(5)
};

/// Where the owners of sockets are read from.
enum class ProcessSource : std::uint8_t {
  Auto,  ///< BPF when many files are open and BPF may be loaded, else /proc
  Bpf,   ///< only the kernel's list of open files, through a BPF iterator
  Proc,  ///< only /proc/PID/fd, proc(5)
};

/// One key of a sort order. Sockets without a value come last in either direction.
struct SortKey {
  const Field* field;
  bool descending = false;
};

class Recording;

/// What to list.
struct Query {
  /// The kinds of sockets; empty: the internet families with all their protocols.
  std::vector<SocketKind> kinds;
  StateSet states = StateSet::all();
  Filter filter;
  /// The fields whose values make a row, in this order.
  std::vector<const Field*> fields;
  /// With keys, rows are delivered in this order after everything was read. Without, they are delivered as
  /// the kernel gives them, with listeners first, by port, when `listeners_first` is set.
  std::vector<SortKey> sort;
  bool listeners_first = false;
  /// Maximum number of rows: the first ones in the order. With `sort`, no more rows than that are held in
  /// memory.
  std::optional<std::size_t> limit;
  Source source = Source::Auto;
  ProcessSource process_source = ProcessSource::Auto;
  /// Look up no names except those of interfaces: fields that are names (users, services) are absent, `local`
  /// and `peer` hold numbers.
  bool numeric = false;
  /// Also list the sockets of these kinds that are in no table of the kernel, because they are neither bound
  /// nor connected. They are found by the descriptors of processes. When `kinds` is all of `socket_kinds()`,
  /// this includes sockets of kinds that this library does not know.
  bool unbound = false;
  /// Look up host names for `local` and `peer`, for at most 2 seconds in total.
  bool resolve_hosts = false;
  /// The network namespaces to list; empty: the one of the calling thread. A namespace that cannot be entered
  /// is a warning, unless it is the only one.
  std::vector<NetworkNamespace> namespaces;
  /// List every network namespace that can be found when the listing begins, instead of `namespaces`.
  bool all_namespaces = false;
  /// List the content of this recording instead of the open sockets, see sockutils/record.h. Nothing is read
  /// from this machine then, and `source` is ignored. Without `namespaces`, all recorded ones are listed.
  std::shared_ptr<const Recording> recording = nullptr;
  /// The snapshot of the recording, counted from 0.
  std::size_t snapshot = 0;
  /// Also list kinds that the recording holds only to explain other sockets.
  bool incidental = false;

  /// Sets `fields` by names or aliases, as in `query.columns({"local", "processes"})`. Errors: there is no
  /// such field; the error suggests a similar name. The query is then unchanged.
  SOCKUTILS_EXPORT Result<void> columns(const std::vector<std::string_view>& names);
  /// Sets `sort` by names, as in `query.order({"-tcp_rtt", "local"})`: a `-` puts the largest first. Errors:
  /// as `columns()`.
  SOCKUTILS_EXPORT Result<void> order(const std::vector<std::string_view>& names);
};

/// The outcome of a listing.
struct Report {
  /// Rows delivered.
  std::size_t rows = 0;
  /// What could not be read.
  std::vector<Warning> warnings;
  /// Where the facts came from and why, one sentence each, for people. A note does not mean that something is
  /// missing or wrong.
  std::vector<std::string> notes;

  /// Whether sockets may be missing.
  SOCKUTILS_EXPORT bool sockets_missing() const;
  /// Whether owners may be missing on rows that were delivered.
  SOCKUTILS_EXPORT bool owners_missing() const;
};

/// Receives one row; its values are valid during the call. Returning false ends the listing. When the query
/// has other network namespaces, it is called on other threads, one call at a time, while the caller waits.
using RowSink = std::function<bool(Values)>;

/// Lists the sockets of the calling thread's network namespace, or of those in the query. The calling thread
/// does not move: each namespace is entered by a thread that lives as long as the call.
///
/// Errors: EINVAL for a field in the query or its order that is null or not a field of sockets; other errors
/// only when nothing at all could be read. What is missing in part is a warning in the report. Thread safety:
/// may run in several threads at once. Sources: sock_diag(7), proc(5).
SOCKUTILS_EXPORT Result<Report> list_sockets(const Query& query, const RowSink& sink);

/// The rows of a listing, kept in memory.
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

/// Runs `list_sockets()` and keeps the rows.
SOCKUTILS_EXPORT Result<Snapshot> take_snapshot(const Query& query);

/// Names for filters: services, hosts, interfaces, users and control groups of this machine.
SOCKUTILS_EXPORT FilterNames system_filter_names();

// ----------------------------------------------------------------------------------------------------
// Grouping sockets: rows of a listing go in, one row for each group comes out.
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
    Sum,         ///< the sum; stops at the largest number instead of overflowing
    Minimum,     ///< the smallest value
    Maximum,     ///< the largest value
    Average,     ///< the mean, rounded to the nearest whole unit
    Percentile,  ///< nearest rank: the smallest value that this percentage of all values does not exceed
  };
  Kind kind = Kind::Count;
  /// Null for `Count`. Sockets without a value of this field are ignored; when none has one, the result is
  /// absent.
  const Field* field = nullptr;
  /// For `Percentile`, in thousandths of a percent: 99'900 is p99.9.
  std::uint32_t percentile = 0;

  friend bool operator==(const Aggregate&, const Aggregate&) = default;

  /// Reads `count`, `sum:recv_queue`, `p99.9:tcp_rtt`, `median:tcp_rtt`, ...; also in the form
  /// `sum(recv_queue)`. Errors: an unknown word or field, or an aggregate that the field does not support:
  /// sums, averages and percentiles are for quantities (counts, bytes, times), minimum and maximum for any
  /// number. Thread safety: pure.
  SOCKUTILS_EXPORT static Result<Aggregate> parse(std::string_view text);
};

/// The words before the colon that `Aggregate::parse()` accepts; `p50`, `p90` and `p99` stand for all
/// percentiles.
SOCKUTILS_EXPORT std::vector<std::string_view> aggregate_words();

/// The fields by which sockets are grouped, and the aggregates of each group. Immutable and cheap to copy;
/// may be used by many threads.
class SOCKUTILS_EXPORT Grouping {
 public:
  /// Without a field in `by` there is one group, which holds every socket and exists even when there is none.
  /// Without an aggregate, sockets are counted. Duplicates are removed. Errors: an aggregate that its field
  /// does not support.
  static Result<Grouping> make(const std::vector<const Field*>& by, std::vector<Aggregate> aggregates);

  /// The fields of the rows to add: use them as `Query::fields`.
  const std::vector<const Field*>& input() const;
  /// The fields of a group's row: those of `by`, then one for each aggregate, called `count`,
  /// `sum_recv_queue`, `p99_tcp_rtt`, `p99_9_tcp_rtt`. Its type is that of the aggregated field, or a count.
  /// These fields live as long as this object or a copy of it, and their `get` is null.
  const std::vector<const Field*>& output() const;
  /// Finds one of `output()` by its name, an alias, or the aggregate's text form; null when there is none.
  const Field* find(std::string_view name) const;

  struct Content;

 private:
  friend class Groups;
  explicit Grouping(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

/// Collects groups. Holds one record for each group, and the values of single sockets only for percentiles
/// and counts of distinct values. Not for use by several threads at once.
class SOCKUTILS_EXPORT Groups {
 public:
  explicit Groups(Grouping grouping);
  ~Groups();
  Groups(Groups&&) noexcept;
  Groups& operator=(Groups&&) noexcept;

  /// Adds a socket: a row of `Grouping::input()`, whose values need not outlive the call. Absent values form
  /// a group of their own. When grouping by a field of owners (`pid`, `process`, ...), a socket is counted in
  /// the group of each of its owners, but only once in each group, so the counts of all groups may add up to
  /// more than the number of sockets.
  void add(Values row);

  /// Sorts the groups and keeps the first `limit` of them. Keys are fields of `Grouping::output()`; others
  /// are ignored. Without a key, groups are sorted by the first aggregate, largest first, then by their
  /// fields. Call it once, after the last `add()`. Returns the number of groups before the limit.
  std::size_t finish(std::span<const SortKey> order, std::optional<std::size_t> limit);

  /// The number of groups, once `finish()` was called.
  std::size_t size() const;
  /// Values of `Grouping::output()`, valid as long as this object.
  Values operator[](std::size_t index) const;

  struct Content;

 private:
  Grouping grouping_;
  std::unique_ptr<Content> content_;
};

// ----------------------------------------------------------------------------------------------------
// A machine's sockets at a glance: counts, the largest holders, and what is about to run out.

/// One table of a summary.
class SOCKUTILS_EXPORT SummarySection {
 public:
  /// Part of the contract: snake_case, the key in JSON.
  std::string_view name() const;
  /// A heading for people.
  std::string_view title() const;
  /// The fields of a row; their `get` may be null.
  const std::vector<const Field*>& fields() const;
  std::size_t size() const;
  Values operator[](std::size_t index) const;
  /// The number of rows that did not fit.
  std::size_t left_out() const;

  /// Makes a section of rows from elsewhere. Their text is copied; `name`, `title` and `fields` are not.
  SummarySection(std::string_view name, std::string_view title, std::vector<const Field*> fields,
                 std::span<const std::vector<OptionalValue>> rows, std::size_t left_out = 0);

  struct Content;
  explicit SummarySection(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

 private:
  std::shared_ptr<const Content> content_;
};

/// The size of a summary.
struct SummaryOptions {
  /// Maximum number of rows in a list.
  std::size_t top = 10;
  /// Look up processes in /proc; without this there is no section of processes.
  bool owners = true;
};

/// A summary; the values of its sections live as long as it does.
///
/// | section | a row is |
/// | --- | --- |
/// | `states` | family, protocol and state, with the number of sockets |
/// | `listeners` | a socket that listens, or receives from anyone, with its queue and first owner |
/// | `processes` | a process, its sockets, and how many files it may open (soft RLIMIT_NOFILE) |
/// | `peers` | a remote address and its connections |
/// | `destinations` | a remote end, and the ephemeral ports of one local address in use towards it |
/// | `memory` | bytes in use by a protocol on the whole machine, and its limits (tcp_mem, udp_mem) |
/// | `limits` | other things that run out: orphans, TIME_WAIT sockets, open files |
struct Summary {
  std::vector<SummarySection> sections;
  Report report;
};

/// Counts the sockets that `query` selects (kinds, states, filter); its fields, order and limit are ignored.
/// `memory` and `limits` are the kernel's own numbers, whatever the query selects.
///
/// `destinations`: a port counts when it lies in net.ipv4.ip_local_port_range and nothing listens on it;
/// `limit` is the size of that range without net.ipv4.ip_local_reserved_ports.
///
/// Errors and thread safety: as `list_sockets()`. Sources: sock_diag(7), proc(5), tcp(7), udp(7),
/// Documentation/networking/ip-sysctl.rst of the kernel.
SOCKUTILS_EXPORT Result<Summary> summarize(const Query& query, const SummaryOptions& options = {});

}  // namespace sockutils
