/// Values as text.
#pragma once

#include <string>
#include <string_view>

#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// How numbers are written. Since: 0.1
enum class Style : std::uint8_t {
  Human,  ///< for tables: `1.2 MiB`, `34 ms`, `LISTEN`
  Plain,  ///< for programs: base units, contract names
};

/// Appends a value of a field of type `type` to `out`, one line at most as long as its text holds no
/// newline. Text from elsewhere is appended as it is: what goes to a terminal passes through
/// `escape_text()` afterwards. The lists of `PerOwner` are joined by commas, equal neighbours once;
/// those of `TextList` are joined by commas, and without elements they are `none` for people.
/// Thread safety: pure.
/// Since: 0.1
SOCKUTILS_EXPORT void append_value(std::string& out, const Value& value, Type type, Style style);

/// Appends `text` with everything escaped that could act on a terminal or break a line: control
/// characters (C0, C1, DEL), bytes that are not UTF-8, bidirectional controls, line separators, and
/// the backslash itself. The form is that of C: `\n`, `\x1b`, `\\`, `\u202e`. The one place
/// where hostile text is made harmless. Thread safety: pure. Since: 0.1
SOCKUTILS_EXPORT void append_escaped(std::string& out, std::string_view text);

/// Escapes in place what stands in `text` from `begin` (at most its size) on, as `append_escaped()` does, and
/// says how many columns of a terminal it takes then, as `display_width()` does. Thread safety: pure. Since:
/// 0.1
SOCKUTILS_EXPORT std::size_t escape_from(std::string& text, std::size_t begin);

/// `append_escaped()` into a new string. Since: 0.1
SOCKUTILS_EXPORT std::string escape_text(std::string_view text);

/// Appends `text` as valid UTF-8: bytes that are not become U+FFFD, all else stays. For JSON, which
/// has no other way to hold them. Thread safety: pure. Since: 0.1
SOCKUTILS_EXPORT void append_utf8(std::string& out, std::string_view text);

/// Columns that `text` (valid UTF-8, as `append_escaped()` leaves it) takes on a terminal: wide characters
/// take two, combining ones none. Thread safety: pure; follows the locale of wcwidth(3) not at all. Since:
/// 0.1
SOCKUTILS_EXPORT std::size_t display_width(std::string_view text);

}  // namespace sockutils
