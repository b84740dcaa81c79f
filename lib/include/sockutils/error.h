/// Errors and warnings of libsockutils.
///
/// The library never prints, exits or throws across its interface: a call that can fail returns
/// `Result<T>`, and a call that did its work only in part adds `Warning`s to its result.
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
  /// An errno value as in errno(3), or 0 when the fault was not the operating system's.
  int code = 0;
  /// What was being done: "open", "parse", ...
  std::string operation;
  /// What it was done to: a path, a field name, ...
  std::string subject;
  /// What is wrong, in words; empty when `code` says it all.
  std::string detail;

  /// One line without a newline: `open /proc/7/fd: Permission denied`. The text is not safe for a
  /// terminal: pass it through `escape_text()` first.
  SOCKUTILS_EXPORT std::string message() const;
};

/// A value, or the `Error` that stood in its way.
template <class T>
using Result = tl::expected<T, Error>;

/// Something that could not be read, so that the result says less than it might.
struct Warning {
  /// What is missing. Programs may compare these; the words of `message` can change.
  enum class Kind {
    SocketsMissing,    ///< a family, or part of one, could not be read
    SocketsMalformed,  ///< records that could not be understood were left out
    OwnersMissing,     ///< processes that may own shown sockets could not be read
    NamesMissing,      ///< services, users or host names could not be looked up
    FactsMissing,      ///< facts that were asked for, of sockets that are shown, could not be read
    KindUnlisted,      ///< the kernel may have sockets of this kind, and no way to list them
    ProbesMissing,     ///< ports could not be asked for, for want of something on this machine
    PacketsMissing,    ///< packets are not in a capture that should have them
  };
  Kind kind;
  /// What is missing, with a count where there is one.
  std::string message;
  /// What would help; empty when nothing is known to.
  std::string remedy;
};

/// The stable name of a kind of warning: `sockets-missing`, ... as JSON output carries it.
SOCKUTILS_EXPORT std::string_view name(Warning::Kind kind);

}  // namespace sockutils
