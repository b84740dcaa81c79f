/// UTF-8, strictly (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace sockutils {

/// One step through a text.
struct Utf8Step {
  char32_t code_point = 0;
  /// Bytes taken; 1 for a byte that is not UTF-8.
  std::size_t length = 1;
  bool valid = false;
};

/// Reads the code point at the start of `text`, which is not empty. Overlong forms, surrogates and
/// code points past U+10FFFF are not UTF-8.
Utf8Step decode_utf8(std::string_view text);

}  // namespace sockutils
