/// Recordings: everything that was read about the sockets of a machine, in one file. It can be listed again
/// with any filter, order and fields, on any machine, and by later versions that can decode more of it.
///
/// A recording holds the answers of the kernel and of /proc unchanged; they are decoded when the recording is
/// listed. The format is in sockutils-recording(5). A file written by `ss -D` can be read too.
///
///     Query query;
///     query.kinds = {{Family::Inet, Protocol::Tcp}};
///     if (auto written = record_sockets(query, "example.skrec"); !written) return 1;
///     query.recording = *Recording::open("example.skrec");
///     std::remove("example.skrec");
///     const auto report = list_sockets(query, [](Values) { return true; });
///     std::cout << report->rows << " connections\n";  // prints: ... connections
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/filter.h"
#include "sockutils/follow.h"
#include "sockutils/list.h"

namespace sockutils {

/// Where and when a recording was made; what is unknown is empty. All of it is text from elsewhere:
/// `escape_text()` makes it safe for a terminal.
struct RecordingInfo {
  /// The time of each snapshot, in order: microseconds since 1970-01-01 00:00 UTC, or 0 when unknown.
  std::vector<std::uint64_t> times;
  std::string host;
  /// As uname(2) has it: `6.1.0-18-amd64`.
  std::string kernel;
  std::string machine;
  /// The version of sockutils that wrote it.
  std::string version;
  /// What is wrong with the end of the file; empty when nothing is. Everything before that can be listed.
  std::string damage;
  /// The file is a dump of ss(8), which holds no names and no processes. Names of this machine are used then.
  bool sockets_alone = false;
};

/// Closings that the kernel reported between two snapshots.
struct HeardClosings {
  struct Message {
    std::chrono::steady_clock::time_point time{};
    /// As `FollowOptions::closings` receives it.
    std::string datagram = {};
  };
  std::vector<Message> messages = {};
  /// The kernel reported more closings than these.
  bool lost = false;
  /// Why the kernel reports no closings; empty when it does.
  std::string refusal = {};
};

/// Packets that were counted between two snapshots.
struct CountedPackets {
  /// Its `failure` is not recorded as such: it becomes the `refusal` of the following interval.
  Traffic traffic = {};
  /// Why no packets are counted; empty when they are.
  std::string refusal = {};
};

/// What happened in one network namespace since the previous snapshot, as far as it was observed.
struct IntervalEvents {
  /// No value: the namespace of the calling thread.
  std::optional<NetworkNamespace> where = {};
  std::optional<HeardClosings> closings = {};
  std::optional<CountedPackets> packets = {};
};

/// The content of a recording. Constant once made: safe to share between threads.
class SOCKUTILS_EXPORT Recording {
 public:
  using Result = sockutils::Result<std::shared_ptr<const Recording>>;

  /// Reads a whole file. Errors: as open(2) and read(2), and those of `parse()`.
  static Result open(const std::string& path);
  /// Reads a descriptor to its end, for input that is not a regular file.
  static Result read(int fd, const std::string& name);
  /// Errors: `bytes` is empty, ends within its first snapshot, is not a recording, has a newer format, or is
  /// from a machine with another byte order. `name` is the file name in messages.
  static Result parse(std::string bytes, const std::string& name);

  const RecordingInfo& info() const;
  /// The kinds that can be listed from this snapshot, including those of which no socket was found.
  std::vector<SocketKind> kinds(std::size_t snapshot = 0) const;
  /// Whether this kind was meant to be recorded, whether or not the kernel could list it. Dumps of ss(8) do
  /// not say what was requested: there it is whether they hold the kind. True when there is no such snapshot.
  bool was_asked_for(const SocketKind& kind, std::size_t snapshot = 0) const;
  /// The network namespaces whose sockets were meant to be recorded: those that are listed when a query names
  /// none. The one in which the recording was started has no path. Empty in files without this information:
  /// it is that one then.
  std::vector<NetworkNamespace> namespaces(std::size_t snapshot = 0) const;
  /// What happened since the previous snapshot. Times of closings are on a clock with an arbitrary start;
  /// `list_closings()` gives the time of day.
  std::vector<IntervalEvents> between(std::size_t snapshot = 0) const;
  /// Names for filters, from this recording only. A dump of ss(8) has none: the names of this machine are
  /// used.
  FilterNames filter_names(std::size_t snapshot = 0) const;

  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording();

  /// Not part of the interface.
  struct Content;
  explicit Recording(std::unique_ptr<const Content> content);
  const Content& content() const { return *content_; }

 private:
  std::unique_ptr<const Content> content_;
};

/// Lists the connections whose closing the kernel reported since the previous snapshot, as `Closed` events
/// without state and owner, in the order of the reports. Of `query`, the recording and its snapshot, the
/// network namespaces, kinds, filter and fields are used.
/// Errors: there is no recording, or no such snapshot. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<void> list_closings(const Query& query, const EventSink& sink);

/// Writes everything about the sockets of `query.kinds` (of every kind when it is empty) to a file, with
/// every field, whatever `query` filters or shows. Of the other members only `source`, `numeric` (no names),
/// `resolve_hosts` and the network namespaces are used. The file appears under its name when it is complete,
/// and replaces an older one only then.
///
/// Errors: as `list_sockets()`, and errors of writing the file; there is no file then. Thread safety: may run
/// in several threads at once.
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, const std::string& path);
/// The same to a descriptor, for output that is not a regular file; `name` is the file name in messages.
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, int fd, const std::string& name);

/// A recording over time: successive snapshots in one file, which can be read while it grows. Thread safety:
/// not for use by several threads at once.
class SOCKUTILS_EXPORT RecordingWriter {
 public:
  /// The file appears under its name with the first snapshot, and replaces an older one only then. Errors: as
  /// open(2).
  static Result<RecordingWriter> create(const std::string& path);

  /// What goes into a snapshot besides the sockets of a query.
  struct More {
    /// What happened since the previous snapshot.
    std::span<const IntervalEvents> between = {};
    /// Kinds whose sockets are recorded only to attribute packets to them, not to be listed: see
    /// `Query::incidental`.
    std::vector<SocketKind> incidental = {};
  };

  /// Adds a snapshot of what `record_sockets()` records, taken now. Errors: as there. The file keeps the
  /// previous snapshots; after a write error no more snapshots can be added.
  Result<Report> add(const Query& query) { return add(query, {}); }
  Result<Report> add(const Query& query, const More& more);

  ~RecordingWriter();
  RecordingWriter(RecordingWriter&&) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) noexcept;

  /// Not part of the interface.
  struct Content;
  explicit RecordingWriter(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

/// The snapshots of a file, read one at a time: only their positions are held in memory. For files of
/// `sockls` and `sockmon`, not those of ss(8). Thread safety: not for use by several threads at once.
class SOCKUTILS_EXPORT RecordingFile {
 public:
  /// Finds the complete snapshots. Errors: as open(2) and read(2), and as `Recording::parse()`, except that a
  /// file may have no snapshot yet.
  static Result<RecordingFile> open(const std::string& path);

  /// Finds the snapshots that were added since. Errors: as read(2).
  Result<void> refresh();
  std::size_t size() const;
  /// Microseconds since 1970-01-01 00:00 UTC, by the clock of the recorded machine.
  std::uint64_t time(std::size_t snapshot) const;
  /// Microseconds since the first snapshot. Never decreases from one snapshot to the next.
  std::uint64_t elapsed(std::size_t snapshot) const;
  /// What is wrong after the last complete snapshot; empty when nothing is. A file that is being written
  /// usually ends within a snapshot.
  const std::string& damage() const;
  /// A recording with only this snapshot. Errors: as `Recording::parse()`; there is no such snapshot.
  Recording::Result read(std::size_t snapshot) const;

  ~RecordingFile();
  RecordingFile(RecordingFile&&) noexcept;
  RecordingFile& operator=(RecordingFile&&) noexcept;

  /// Not part of the interface.
  struct Content;
  explicit RecordingFile(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
