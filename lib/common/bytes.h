/// Reads numbers from untrusted bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace sockutils {

using ByteView = std::span<const std::byte>;

/// Loads a `T` in host byte order from `offset`, aligned or not; no value when it does not fit into the
/// bytes.
template <class T>
std::optional<T> load(ByteView bytes, std::size_t offset = 0) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Appends the bytes of a plain structure.
template <class T>
void append_object(std::string& out, const T& object) {
  static_assert(std::is_trivially_copyable_v<T>);
  out += as_text(std::as_bytes(std::span(&object, 1)));
}

}  // namespace sockutils
