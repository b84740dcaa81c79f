/// Recordings: everything that was read about the sockets of a machine, in one file, to be listed again with
/// any filter, order and fields, on any machine, and by versions that can tell more of it.
///
/// A recording holds what the kernel and /proc said, as they said it, so it is decoded when it is listed.
/// The format is in sockutils-recording(5). A file that `ss -D` wrote can be read too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/filter.h"
#include "sockutils/query.h"

namespace sockutils {

/// Where and when a recording was made; what it does not say is empty. All of it is text from elsewhere:
/// `escape_text()` makes it safe for a terminal. Since: 0.1
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

/// A recording, read. Constant once made: safe to share between threads. Since: 0.1
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

/// Writes everything about the sockets of `query.kinds`, every kind when it is empty, to a file: with every
/// field, whatever `query` filters or shows; of its other members only `source`, `numeric` (no names) and
/// `resolve_hosts` count. The file appears under its name when it is complete; one that was there before
/// is replaced then.
///
/// Errors: as `list_sockets()`, and what kept the file from being written; there is no file then.
/// Thread safety: may run in several threads at once. Since: 0.1
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, const std::string& path);
/// The same to a descriptor, for output that is no file; `name` is what messages call it.
SOCKUTILS_EXPORT Result<Report> record_sockets(const Query& query, int fd, const std::string& name);

}  // namespace sockutils
