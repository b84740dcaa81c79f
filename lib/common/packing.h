/// Numbers and texts in as few bytes as possible, for data that is kept by the hundred thousand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sockutils {

/// Seven bits per byte, the low ones first; the eighth bit says that more bytes follow.
inline void pack_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Run-length encodes zeros, of which the kernel's structures have many.
inline void pack_bytes(std::string& out, std::string_view bytes) {
  pack_number(out, bytes.size());
  while (!bytes.empty()) {
    const std::size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size());
    bytes.remove_prefix(zeros);
    std::size_t others = 0;
    // Ending the run for fewer than four zeros would not save space.
    while (others < bytes.size() && bytes.substr(others, 4) != std::string_view("\0\0\0\0", 4)) ++others;
    pack_number(out, zeros);
    pack_number(out, others);
    out += bytes.substr(0, others);
    bytes.remove_prefix(others);
  }
}

/// Reads only what these functions wrote.
class Unpacker {
 public:
  explicit Unpacker(std::string_view packed) : rest_(packed) {}

  bool at_end() const { return rest_.empty(); }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  void bytes(std::string& out) {
    const std::size_t end = out.size() + number();
    while (out.size() < end) {
      out.append(number(), '\0');
      const std::size_t others = number();
      out += rest_.substr(0, others);
      rest_.remove_prefix(others);
    }
  }
  std::string_view rest() const { return rest_; }
  std::string_view raw(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view rest_;
};

}  // namespace sockutils
