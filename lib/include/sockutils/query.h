/// Asking for sockets: a `Query` goes in, rows of typed values come out.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"
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
  Source source = Source::Auto;
  ProcessSource process_source = ProcessSource::Auto;
  /// No names: values that are names (users, services) stay absent, `local` and `peer` hold numbers.
  bool numeric = false;
  /// Look up host names for `local` and `peer`: 2 seconds at most in all.
  bool resolve_hosts = false;
};

/// How a listing ended. Since: 0.1
struct Report {
  /// Rows delivered.
  std::size_t rows = 0;
  /// What could not be read.
  std::vector<Warning> warnings;

  /// Whether sockets may be missing.
  SOCKUTILS_EXPORT bool sockets_missing() const;
  /// Whether owners may be missing on rows that were delivered.
  SOCKUTILS_EXPORT bool owners_missing() const;
};

/// Receives one row; its values stay valid during the call. Returning false ends the listing.
using RowSink = std::function<bool(Values)>;

/// Lists the sockets of the calling thread's network namespace.
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
