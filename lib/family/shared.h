/// Facts that several families tell in the same form (linux/sock_diag.h).
#pragma once

#include <optional>
#include <span>

#include "common/bytes.h"
#include "model/row.h"
#include "model/socket.h"
#include "sockutils/field.h"

namespace sockutils {

/// The array of u32 of SK_MEMINFO.
inline constexpr AttributeKey MemInfo{"meminfo"};
inline constexpr AttributeKey Drops{"drops"};
/// A byte, SHUTDOWN_MASK of include/net/sock.h.
inline constexpr AttributeKey Shutdown{"shutdown"};

/// `mem_*`, `drops`, `shutdown`.
std::span<const Field> shared_fields();

/// The cookie of sock_diag, which comes as two halves.
constexpr std::uint64_t join_cookie(const std::uint32_t (&halves)[2]) {
  return (std::uint64_t{halves[1]} << 32) | halves[0];
}

/// TCP_CLOSE, which is what kernels call a socket that is not connected, whatever its type.
inline constexpr unsigned KernelClose = 7;

/// The states to ask a kernel for that has no `Unconnected`.
constexpr std::uint32_t kernel_states(StateSet states) {
  std::uint32_t bits = states.bits() & ~1u & ~(1u << KernelClose);
  if (states.contains(State::Unconnected) || states.contains(State::Closed)) bits |= 1u << KernelClose;
  return bits;
}

/// The protocol that a type of socket(2) stands for.
std::optional<Protocol> protocol_of_type(unsigned type);

/// The state under the kernel's number; what is not connected is closed only where a connection could be.
std::optional<State> state_of_number(Protocol protocol, unsigned number);

/// Keeps a `T` as the kernel laid it out; false when `value` is too short.
template <class T>
bool take_struct(Socket& socket, const AttributeKey& key, ByteView value) {
  if (value.size() < sizeof(T)) return false;
  socket.facts.set_bytes(key, as_text(value.first(sizeof(T))));
  return true;
}

template <class T>
std::optional<T> kept_struct(const SocketRow& row, const AttributeKey& key) {
  const auto bytes = row.socket.facts.bytes(key);
  return bytes ? load<T>(as_bytes(*bytes)) : std::nullopt;
}

/// A field's `get` for one member of such a struct.
template <const AttributeKey& Key, auto Member>
struct MemberOf;
template <const AttributeKey& Key, class T, class M, M T::*Member>
struct MemberOf<Key, Member> {
  static OptionalValue get(const SocketRow& row) {
    const auto object = kept_struct<T>(row, Key);
    return object ? OptionalValue(std::uint64_t{(*object).*Member}) : std::nullopt;
  }
};

/// A field's `get` for a number in the bag.
template <const AttributeKey& Key>
OptionalValue kept_number(const SocketRow& row) {
  return row.socket.facts.number(Key);
}

/// A field's `get` for text in the bag.
template <const AttributeKey& Key>
OptionalValue kept_text(const SocketRow& row) {
  return row.socket.facts.bytes(Key);
}

/// A field's `get` for a packed list in the bag.
template <const AttributeKey& Key>
OptionalValue kept_list(const SocketRow& row) {
  const auto list = row.socket.facts.list(Key);
  return list ? OptionalValue(*list) : std::nullopt;
}

/// A field's `get` for what is yes or no.
template <const AttributeKey& Key>
OptionalValue kept_flag(const SocketRow& row) {
  const auto number = row.socket.facts.number(Key);
  return number ? OptionalValue(*number != 0) : std::nullopt;
}

/// Reads a `T` into the bag; false when `value` is too short.
template <class T>
bool take_number(Socket& socket, const AttributeKey& key, ByteView value) {
  const auto number = load<T>(value);
  if (number) socket.facts.set_number(key, *number);
  return number.has_value();
}

/// Keeps SK_MEMINFO, and its first entry as the receive queue for families that tell no other.
bool take_meminfo_as_queue(Socket& socket, ByteView value);

}  // namespace sockutils
