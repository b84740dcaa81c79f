/// Numbers and texts in files, always little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "common/bytes.h"

namespace sockutils {

template <class T>
void append_wire(std::string& out, T number) {
  static_assert(std::is_unsigned_v<T>);
  for (unsigned shift = 0; shift < 8 * sizeof(T); shift += 8)
    out += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
}

/// The length in four bytes, then the bytes.
inline void append_wire_text(std::string& out, std::string_view text) {
  append_wire(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

/// Reads from front to back. A read past the end has no value, nor has any read after it.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  std::optional<T> number() {
    static_assert(std::is_unsigned_v<T>);
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) value = value << 8 | static_cast<std::uint8_t>((*bytes)[i]);
    return static_cast<T>(value);
  }

  std::optional<std::string_view> text() {
    const auto length = number<std::uint32_t>();
    return length ? take(*length) : std::nullopt;
  }

  std::optional<std::string_view> take(std::size_t length) {
    if (broken_ || length > rest_.size()) {
      broken_ = true;
      return std::nullopt;
    }
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest() const { return broken_ ? std::string_view{} : rest_; }
  bool at_end() const { return !broken_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace sockutils
