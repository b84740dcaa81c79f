#include "render/cell_text.h"

#include <algorithm>

namespace tools {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && continues_character(text[length])) ++length;
  return length;
}

/// The longest prefix that fits into `width` columns.
std::string_view fitting_start(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size();) {
    const std::size_t length = character_length(text.substr(end));
    used += sockutils::display_width(text.substr(end, length));
    if (used > width) break;
    end += length;
  }
  return text.substr(0, end);
}

/// The longest suffix that fits into `width` columns.
std::string_view fitting_end(std::string_view text, std::size_t width) {
  std::size_t begin = text.size();
  for (std::size_t used = 0; begin > 0;) {
    std::size_t previous = begin - 1;
    while (previous > 0 && continues_character(text[previous])) --previous;
    used += sockutils::display_width(text.substr(previous, begin - previous));
    if (used > width) break;
    begin = previous;
  }
  return text.substr(begin);
}

bool is_port(std::string_view text) {
  return text == "*" || (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos);
}

/// The part that must remain at the end when the text is cut.
std::string_view wanted_end(std::string_view text, std::size_t width, Keep keep) {
  if (keep == Keep::Start) return {};
  const std::size_t separator = text.rfind(keep == Keep::Port ? ':' : '/');
  if (separator != std::string_view::npos) {
    const std::string_view end = text.substr(separator);
    const bool known = keep == Keep::ProcessId || is_port(end.substr(1));
    if (known) return 2 * end.size() <= width + 3 ? end : std::string_view{};
  }
  return keep == Keep::Port ? fitting_end(text, width * 2 / 3) : std::string_view{};
}

}  // namespace

std::size_t append_cell_text(std::string& out, const sockutils::OptionalValue& value, sockutils::Type type) {
  constexpr std::string_view Empty = "\"\"";
  const std::size_t begin = out.size();
  value ? sockutils::append_value(out, *value, type, sockutils::Style::Human) : out.push_back('-');
  if (out.size() == begin) out += Empty;
  return sockutils::escape_from(out, begin);
}

void append_cut(std::string& out, std::string_view text, std::size_t width, Keep keep,
                std::string_view mark) {
  // No character takes more columns than it has bytes.
  if (text.size() <= width || sockutils::display_width(text) <= width) {
    out += text;
    return;
  }
  if (width == 0) return;
  const std::string_view end = wanted_end(text, width, keep);
  out += fitting_start(text, width - 1 - std::min(sockutils::display_width(end), width - 1));
  out += mark;
  out += end;
}

}  // namespace tools
