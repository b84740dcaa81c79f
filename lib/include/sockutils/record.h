/// Recordings: everything that was read about the sockets of a machine, in one file, to be listed again with
/// any filter, order and fields, on any machine, and by versions that can tell more of it.
///
/// A recording holds what the kernel and /proc said, as they said it, so it is decoded when it is listed.
/// The format is in sockutils-recording(5). A file that `ss -D` wrote can be read too.
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

/// Where and when a recording was made; what it does not say is empty. All of it is text from elsewhere:
/// `escape_text()` makes it safe for a terminal.
struct RecordingInfo {
  /// Microseconds since 1970, or 0. The time of each snapshot, in order.
  std::vector<std::uint64_t> times;
  std::string host;
  /// As uname(2) has it: `6.1.0-18-amd64`.
  std::string kernel;
  std::string machine;
  /// The version of sockutils that wrote it.
  std::string version;
  /// What is wrong with the end of the file; empty when nothing is. What is before it can be listed.
  std::string damage;
};

/// Closings that the kernel told between two snapshots.
struct HeardClosings {
  struct Message {
    std::chrono::steady_clock::time_point time{};
    /// As `FollowOptions::closings` has it.
    std::string datagram = {};
  };
  std::vector<Message> messages = {};
  /// There were more of them.
  bool lost = false;
  /// Why the kernel tells of none; empty when it does.
  std::string refusal = {};
};

/// Packets that were counted between two snapshots.
struct CountedPackets {
  /// Its `failure` is not recorded: it is the refusal of what follows.
  Traffic traffic = {};
  /// Why none are counted; empty when they are.
  std::string refusal = {};
};

/// What happened in one network namespace since the snapshot before, as far as somebody heard and counted it.
struct IntervalEvents {
  /// No value: that of the calling thread.
  std::optional<NetworkNamespace> where = {};
  std::optional<HeardClosings> closings = {};
  std::optional<CountedPackets> packets = {};
};

/// A recording, read. Constant once made: safe to share between threads.
class SOCKUTILS_EXPORT Recording {
 public:
  using Result = sockutils::Result<std::shared_ptr<const Recording>>;

  /// Reads a whole file. Errors: as open(2) and read(2), and those of `parse()`.
  static Result open(const std::string& path);
  /// Reads a descriptor to its end, for input that is no file.
  static Result read(int fd, const std::string& name);
  /// Errors: `bytes` is empty, cut before its first snapshot ended, no recording at all, of a newer format,
  /// or of a machine with another byte order. `name` is what messages call it.
  static Result parse(std::string bytes, const std::string& name);

  const RecordingInfo& info() const;
  /// What can be listed from this snapshot: kinds that were read, even where no socket was found.
  std::vector<SocketKind> kinds(std::size_t snapshot = 0) const;
  /// Whether this kind was to be recorded, be it that the kernel could list it or not; true of everything
  /// where that is not known, as in dumps of ss(8).
  bool was_asked_for(const SocketKind& kind, std::size_t snapshot = 0) const;
  /// The network namespaces whose sockets were to be recorded: what is listed when a query names none. The
  /// one that the recording began in has no path. Empty in files that do not say so: it is that one then.
  std::vector<NetworkNamespace> namespaces(std::size_t snapshot = 0) const;
  /// What happened since the snapshot before. The times of closings are on a clock that begins anywhere:
  /// `list_closings()` has those of the day.
  std::vector<IntervalEvents> between(std::size_t snapshot = 0) const;
  /// Names for filters, from the recording alone.
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

/// Tells of the connections whose ends the kernel told since the snapshot before, as `Closed` events without
/// state and owner, in the order in which they came. Of `query` count the recording and its snapshot, network
/// namespaces, kinds, filter and fields.
/// Errors: it has no recording, or no such snapshot. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<void> list_closings(const Query& query, const EventSink& sink);

/// Writes everything about the sockets of `query.kinds`, every kind when it is empty, to a file: with every
/// field, whatever `query` filters or shows; of its other members only `source`, `numeric` (no names),
/// `resolve_hosts` and the network namespaces count. The file appears under its name when it is complete; one
/// that was there before is replaced then.
///
/// Errors: as `list_sockets()`, and what kept the file from being written; there is no file then.
/// Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, const std::string& path);
/// The same to a descriptor, for output that is no file; `name` is what messages call it.
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, int fd, const std::string& name);

/// A recording over time: one snapshot after the other in one file, which can be read while it grows.
/// Thread safety: not for several threads at once.
class SOCKUTILS_EXPORT RecordingWriter {
 public:
  /// The file appears under its name with the first snapshot; one that was there before is replaced then.
  /// Errors: as open(2).
  static Result<RecordingWriter> create(const std::string& path);

  /// What goes into a snapshot besides the sockets of a query.
  struct More {
    /// What happened since the snapshot before.
    std::span<const IntervalEvents> between = {};
    /// Sockets of these kinds are recorded to tell whose packets there were, not to be listed: see
    /// `Query::incidental`.
    std::vector<SocketKind> incidental = {};
  };

  /// Adds a snapshot of what `record_sockets()` records, taken now. Errors: as there; the file keeps the
  /// snapshots before, and after one that kept it from being written takes no more.
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

/// The snapshots of a file, read one at a time: what is held is where they are. Only files of `sockls` and
/// `sockmon`, none of ss(8). Thread safety: not for several threads at once.
class SOCKUTILS_EXPORT RecordingFile {
 public:
  /// Finds the snapshots that are whole. Errors: as open(2) and read(2), and as `Recording::parse()`, but
  /// that a file may have no snapshot yet.
  static Result<RecordingFile> open(const std::string& path);

  /// Finds what was added since. Errors: as read(2).
  Result<void> refresh();
  std::size_t size() const;
  /// Microseconds since 1970, by the clock of the machine that was recorded.
  std::uint64_t time(std::size_t snapshot) const;
  /// Microseconds since the first snapshot. Never less than that of the snapshot before.
  std::uint64_t elapsed(std::size_t snapshot) const;
  /// What is wrong after the last snapshot; empty when nothing is. A file that is being written is cut most
  /// of the time.
  const std::string& damage() const;
  /// A recording with this snapshot alone. Errors: as `Recording::parse()`; when there is no such snapshot.
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
