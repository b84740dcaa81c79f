#include "sockls/screen.h"

#include <algorithm>

namespace tools::sockls {
namespace {

// ECMA-48 and xterm.
constexpr std::string_view OtherPage = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view FirstPage = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view Home = "\x1b[H";
constexpr std::string_view ClearToEndOfLine = "\x1b[K";
constexpr std::string_view ClearToEnd = "\x1b[J";

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string_view first_lines(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(0, end);
}

}  // namespace

std::string fit_page(std::string_view text, std::size_t height) {
  const std::size_t lines = count_lines(text);
  if (lines <= height || height == 0) return std::string(text);
  std::string page(first_lines(text, height - 1));
  return page + std::to_string(lines - height + 1) +
         " more below: a taller terminal or a filter shows them\n";
}

Screen::Screen(Output& out) : out_(out) { out_.text() += OtherPage; }

Screen::~Screen() {
  out_.text() += FirstPage;
  out_.flush();
}

void Screen::show(std::string_view lines) {
  std::string& text = out_.text();
  text += Home;
  // Without a newline at the end: on the last line it would move the page up.
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    text += lines.substr(0, end);
    text += ClearToEndOfLine;
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (!lines.empty()) text += "\r\n";
  }
  text += ClearToEnd;
  out_.flush();
}

}  // namespace tools::sockls
