// Text for terminals and JSON: declared in sockutils/value.h.

#include <locale.h>
#include <wchar.h>

#include <array>
#include <cstdint>
#include <string>

#include "common/utf8.h"
#include "sockutils/value.h"

namespace sockutils {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Code points that steer a terminal, turn the direction of text around it or end its line. Sources:
/// ECMA-48 (C0, C1), Unicode UAX #9 (bidirectional controls), UAX #14 (line and paragraph separator).
constexpr std::array<Range, 8> Unsafe{{
    {0x00, 0x1f},
    {0x7f, 0x9f},
    {0x061c, 0x061c},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x2069},
    {0xfeff, 0xfeff},
    {0xe0000, 0xe007f},
}};

bool is_unsafe(char32_t code_point) {
  for (const Range& range : Unsafe)
    if (code_point >= range.first && code_point <= range.last) return true;
  return false;
}

bool is_plain_ascii(char c) { return c >= 0x20 && c < 0x7f && c != '\\'; }

/// Looks at every byte, whatever the first ones are: cells are short, and so there is no branch for each.
bool is_all_plain_ascii(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain &= is_plain_ascii(c);
  return plain;
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  constexpr std::string_view Digits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += Digits[(value >> shift) & 0xf];
}

void append_escape(std::string& out, char32_t code_point) {
  switch (code_point) {
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code_point < 0x80) {
    out += "\\x";
    append_hex(out, code_point, 2);
  } else if (code_point < 0x10000) {
    out += "\\u";
    append_hex(out, code_point, 4);
  } else {
    out += "\\U";
    append_hex(out, code_point, 8);
  }
}

/// wcwidth(3) answers by the locale; tables must line up in a UTF-8 terminal whatever the locale is.
int code_point_width(char32_t code_point) {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = uselocale(utf8);
  const int width = wcwidth(static_cast<wchar_t>(code_point));
  uselocale(before);
  return width < 0 ? 1 : width;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  if (is_all_plain_ascii(text)) {
    out.append(text);
    return;
  }
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain_ascii(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    const Utf8Step step = decode_utf8(text);
    if (!step.valid) {
      out += "\\x";
      append_hex(out, static_cast<std::uint8_t>(text[0]), 2);
    } else if (step.code_point == '\\' || is_unsafe(step.code_point)) {
      append_escape(out, step.code_point);
    } else {
      out.append(text.substr(0, step.length));
    }
    text.remove_prefix(step.length);
  }
}

std::size_t escape_from(std::string& text, std::size_t begin) {
  const std::string_view tail = std::string_view(text).substr(begin);
  if (is_all_plain_ascii(tail)) return tail.size();
  const std::string raw(tail);
  text.resize(begin);
  append_escaped(text, raw);
  return display_width(std::string_view(text).substr(begin));
}

std::string escape_text(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

void append_utf8(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Utf8Step step = decode_utf8(text);
    out.append(step.valid ? text.substr(0, step.length) : std::string_view("\xef\xbf\xbd"));
    text.remove_prefix(step.length);
  }
}

std::size_t display_width(std::string_view text) {
  // Nearly every cell of a table is ASCII.
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  if (bits < 0x80) return text.size();
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Step step = decode_utf8(text);
    width += step.length == 1 ? 1 : static_cast<std::size_t>(code_point_width(step.code_point));
    text.remove_prefix(step.length);
  }
  return width;
}

}  // namespace sockutils
