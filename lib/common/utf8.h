/// Strict UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace sockutils {

/// One step of decoding.
struct Utf8Step {
  char32_t code_point = 0;
  /// Number of bytes; 1 for a byte that is not UTF-8.
  std::size_t length = 1;
  bool valid = false;
};

/// Decodes the code point at the start of `text`, which must not be empty. Overlong forms, surrogates and
/// code points above U+10FFFF are invalid.
Utf8Step decode_utf8(std::string_view text);

}  // namespace sockutils
