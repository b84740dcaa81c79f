#include "common/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace tools {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::size_t terminal_width(int fd) {
  constexpr std::size_t Usual = 80;
  const std::string_view columns = environment("COLUMNS");
  std::size_t width = 0;
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (width > 0) return width;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return Usual;
}

/// LINES overrides the actual height, as COLUMNS does the width.
std::size_t terminal_height(int fd) {
  constexpr std::size_t Usual = 24;
  const std::string_view lines = environment("LINES");
  std::size_t height = 0;
  std::from_chars(lines.data(), lines.data() + lines.size(), height);
  if (height > 0) return height;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) return size.ws_row;
  return Usual;
}

bool knows_sequences() {
  const std::string_view term = environment("TERM");
  return !term.empty() && term != "dumb";
}

bool wants_colour(bool is_terminal, ColourMode mode) {
  if (mode != ColourMode::Auto) return mode == ColourMode::Always;
  return is_terminal && environment("NO_COLOR").empty() && knows_sequences();
}

/// The rule of setlocale(3): LC_ALL, then LC_CTYPE, then LANG. Loading the locale would take longer than the
/// rest of a short listing.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment(name);
    if (locale.empty()) continue;
    const std::string_view codeset = locale.substr(locale.find('.') + 1);
    return codeset.starts_with("UTF-8") || codeset.starts_with("utf8") || codeset.starts_with("utf-8") ||
           codeset.starts_with("UTF8");
  }
  return false;
}

}  // namespace

Terminal examine_terminal(int fd, ColourMode mode) {
  Terminal terminal;
  terminal.is_terminal = ::isatty(fd) == 1;
  if (terminal.is_terminal) terminal.width = terminal_width(fd);
  if (terminal.is_terminal) terminal.height = terminal_height(fd);
  terminal.can_redraw = terminal.is_terminal && knows_sequences();
  terminal.colour = wants_colour(terminal.is_terminal, mode);
  terminal.utf8 = locale_is_utf8();
  return terminal;
}

}  // namespace tools
