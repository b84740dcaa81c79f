/// Facts that several families tell in the same form (linux/sock_diag.h).
#pragma once

#include <span>

#include "base/bytes.h"
#include "model/socket.h"
#include "sockutils/field.h"

namespace sockutils {

/// The array of u32 of SK_MEMINFO.
inline constexpr FactKey MemInfo{"meminfo"};
inline constexpr FactKey Drops{"drops"};
/// A byte, SHUTDOWN_MASK of include/net/sock.h.
inline constexpr FactKey Shutdown{"shutdown"};

/// `mem_*`, `drops`, `shutdown`.
std::span<const Field> shared_fields();

/// The cookie of sock_diag, which comes as two halves.
constexpr std::uint64_t join_cookie(const std::uint32_t (&halves)[2]) {
  return (std::uint64_t{halves[1]} << 32) | halves[0];
}

/// Reads a `T` into the bag; false when `value` is too short.
template <class T>
bool take_number(Socket& socket, const FactKey& key, ByteView value) {
  const auto number = load<T>(value);
  if (number) socket.facts.set_number(key, *number);
  return number.has_value();
}

/// Keeps SK_MEMINFO, and its first entry as the receive queue for families that tell no other.
bool take_meminfo_as_queue(Socket& socket, ByteView value);

}  // namespace sockutils
