/// Asking for sockets: a `Query` goes in, rows of typed values come out.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"
#include "sockutils/namespaces.h"
#include "sockutils/types.h"

namespace sockutils {

/// A kind of socket that can be listed: one row of the table of families. Since: 0.1
struct SocketKind {
  Family family;
  /// Internet protocol; no value for families that are listed whole.
  std::optional<Protocol> protocol;

  friend bool operator==(const SocketKind&, const SocketKind&) = default;
};

/// Every kind that this library can list. Since: 0.1
SOCKUTILS_EXPORT std::vector<SocketKind> socket_kinds();

/// Where sockets are read from. Since: 0.1
enum class Source : std::uint8_t {
  Auto,     ///< netlink, and /proc/net for what the kernel has no netlink handler for
  Netlink,  ///< sock_diag(7) only
  Proc,     ///< /proc/net only, proc(5)
};

/// Where the owners of sockets are read from. Since: 0.1
enum class ProcessSource : std::uint8_t {
  Auto,  ///< BPF where many files are open and it may be loaded, else /proc
  Bpf,   ///< the kernel's list of open files through a BPF iterator only
  Proc,  ///< /proc/PID/fd only, proc(5)
};

/// One key of an order. Sockets without a value come last either way. Since: 0.1
struct SortKey {
  const Field* field;
  bool descending = false;
};

class Recording;

/// What to list. Since: 0.1
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
};

/// How a listing ended. Since: 0.1
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
/// Errors: only when nothing at all could be read; what is missing in part is a warning in the report.
/// Thread safety: may run in several threads at once. Sources: sock_diag(7), proc(5).
/// Since: 0.1
SOCKUTILS_EXPORT Result<Report> list_sockets(const Query& query, const RowSink& sink);

/// Rows that stay. Since: 0.1
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

/// `list_sockets()` into a snapshot. Since: 0.1
SOCKUTILS_EXPORT Result<Snapshot> take_snapshot(const Query& query);

/// Names for filters, from the files and interfaces of this machine. Since: 0.1
SOCKUTILS_EXPORT FilterNames system_filter_names();

}  // namespace sockutils
