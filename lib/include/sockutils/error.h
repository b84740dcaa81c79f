/// Errors and warnings of libsockutils.
///
/// The library never prints, exits or throws across its interface: a call that can fail returns `Result<T>`,
/// and a call that succeeded only in part adds `Warning`s to its result.
/// All types here are plain values; distinct objects may be used from distinct threads.
///
///     const Error error{EACCES, "open", "/proc/7/fd", {}};
///     std::cout << error.message() << '\n';  // prints: open /proc/7/fd: Permission denied
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

/// Why a call failed.
struct Error {
  /// An errno value as in errno(3), or 0 when the error is not from the operating system.
  int code = 0;
  /// The operation that failed: "open", "parse", ...
  std::string operation;
  /// The object of that operation: a path, a field name, ...
  std::string subject;
  /// What is wrong, in words; empty when `code` says it all.
  std::string detail;

  /// One line without a newline: `open /proc/7/fd: Permission denied`. The text is not safe for a
  /// terminal: pass it through `escape_text()` first.
  SOCKUTILS_EXPORT std::string message() const;
};

/// A value, or the `Error` why there is none.
template <class T>
using Result = tl::expected<T, Error>;

/// Something that could not be read, so that the result is incomplete.
struct Warning {
  /// What is missing. Programs may compare these; the words of `message` can change.
  enum class Kind {
    SocketsMissing,    ///< a family, or part of one, could not be read
    SocketsMalformed,  ///< records that could not be decoded were left out
    OwnersMissing,     ///< processes that may own shown sockets could not be read
    NamesMissing,      ///< services, users or host names could not be looked up
    FactsMissing,      ///< requested facts about the listed sockets could not be read
    KindUnlisted,      ///< the kernel may have sockets of this kind, but no way to list them
    ProbesMissing,     ///< ports could not be probed because this machine lacks something
    PacketsMissing,    ///< a capture lacks packets that it should have
  };
  Kind kind;
  /// What is missing, with a count where there is one.
  std::string message;
  /// What would help; empty when no remedy is known.
  std::string remedy;
  /// Identifies the fault if `message` contains a count, which may differ in the next snapshot. Only for
  /// `is_same_fault()`; empty: `message` identifies it.
  std::string fault = {};
};

/// Whether two warnings report the same fault, perhaps with different counts. Programs that take snapshots
/// repeatedly report each fault once.
SOCKUTILS_EXPORT bool is_same_fault(const Warning& a, const Warning& b);

/// The stable name of a kind of warning, as in JSON output: `sockets-missing`, ...
SOCKUTILS_EXPORT std::string_view name(Warning::Kind kind);

}  // namespace sockutils
