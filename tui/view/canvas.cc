#include "tui/view/canvas.h"

#define NCURSES_WIDECHAR 1
// Macros of curses would clash with other names.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cwchar>
#include <string_view>

#include "tui/crash.h"

namespace tui {
namespace {

/// The number of a colour pair is the number of its colour, from 1.
constexpr std::array<short, 5> CursesColours{COLOR_WHITE, COLOR_RED, COLOR_GREEN, COLOR_BLUE, COLOR_MAGENTA};

/// Maximum delay between the bytes of one key, in milliseconds.
constexpr int EscapeDelay = 25;

sockutils::Error no_terminal(std::string detail) { return {0, "use the terminal", {}, std::move(detail)}; }

/// Sets the locale of the environment. If it is a UTF-8 locale that this machine lacks, uses another one.
bool choose_locale(bool wants_utf8) {
  const bool known = std::setlocale(LC_CTYPE, "") != nullptr;
  if (!known && wants_utf8) std::setlocale(LC_CTYPE, "C.UTF-8");
  return std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
}

bool environment_wants_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == 0) continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

/// tigetstr(3) returns null or -1 for capabilities that a terminal lacks.
bool is_sequence(const char* text) { return text != nullptr && reinterpret_cast<std::intptr_t>(text) != -1; }

/// The sequences that give the screen back to the shell.
std::string restoring_sequences() {
  std::string text;
  for (const char* name : {"sgr0", "op", "rmkx", "cnorm", "rmcup"}) {
    const char* const sequence = ::tigetstr(name);
    if (is_sequence(sequence)) text += sequence;
  }
  // Sequences of old terminals contain delays as $<5>, which are not needed after a crash.
  for (std::size_t at = text.find("$<"); at != std::string::npos; at = text.find("$<", at))
    text.erase(at, text.find('>', at) - at + 1);
  return text;
}

Key key_of_code(wint_t code) {
  switch (code) {
    case KEY_UP:
      return {KeyKind::Up};
    case KEY_DOWN:
      return {KeyKind::Down};
    case KEY_LEFT:
      return {KeyKind::Left};
    case KEY_RIGHT:
      return {KeyKind::Right};
    case KEY_PPAGE:
      return {KeyKind::PageUp};
    case KEY_NPAGE:
      return {KeyKind::PageDown};
    case KEY_HOME:
      return {KeyKind::Home};
    case KEY_END:
      return {KeyKind::End};
    case KEY_ENTER:
      return {KeyKind::Enter};
    case KEY_BTAB:
      return {KeyKind::BackTab};
    case KEY_BACKSPACE:
      return {KeyKind::Backspace};
    case KEY_DC:
      return {KeyKind::Delete};
    case KEY_RESIZE:
      return {KeyKind::Resize};
    default:
      break;
  }
  if (code >= KEY_F0 && code <= KEY_F0 + 63) return {KeyKind::Function, static_cast<char32_t>(code - KEY_F0)};
  return {};
}

Key key_of_character(wint_t code) {
  switch (code) {
    case L'\n':
    case L'\r':
      return {KeyKind::Enter};
    case L'\t':
      return {KeyKind::Tab};
    case 0x1b:
      return {KeyKind::Escape};
    case 0x7f:
    case 0x08:
      return {KeyKind::Backspace};
    default:
      return character_key(static_cast<char32_t>(code));
  }
}

Key key_of_mouse() {
  MEVENT event{};
  if (::getmouse(&event) != OK || event.x < 0 || event.y < 0) return {};
  Key key;
  key.x = static_cast<std::size_t>(event.x);
  key.y = static_cast<std::size_t>(event.y);
  if ((event.bstate & BUTTON4_PRESSED) != 0) key.kind = KeyKind::WheelUp;
  if ((event.bstate & BUTTON5_PRESSED) != 0) key.kind = KeyKind::WheelDown;
  if ((event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) != 0) key.kind = KeyKind::Click;
  return key;
}

}  // namespace

struct Canvas::Content {
  SCREEN* screen = nullptr;
  WINDOW* keys = nullptr;
  bool colour = false;
  bool utf8 = false;
  Grid shown;
  std::optional<std::pair<std::size_t, std::size_t>> cursor;
  /// The content of the screen is unknown.
  bool unknown = true;

  void begin(const Options& options);
  attr_t attributes_of(const Style& style) const;
  std::wstring characters_of(const Cell& cell) const;
  void write(std::size_t x, std::size_t y, const Cell& cell) const;
  bool write_changes(const Grid& grid);
  bool place_cursor(std::optional<std::pair<std::size_t, std::size_t>> where);
};

Canvas::Canvas() : content_(std::make_unique<Content>()) {}

sockutils::Result<std::unique_ptr<Canvas>> Canvas::open(const Options& options) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1)
    return tl::unexpected(no_terminal("standard input and output are not both one; --batch needs none"));
  const char* const type = std::getenv("TERM");
  if (type == nullptr || *type == 0) return tl::unexpected(no_terminal("TERM is not set"));
  const bool utf8 = choose_locale(environment_wants_utf8());
  remember_terminal();
  SCREEN* const screen = ::newterm(nullptr, stdout, stdin);
  if (screen == nullptr)
    return tl::unexpected(
        no_terminal("nothing is known of TERM=" + std::string(type) + "; --batch needs none"));
  const char* const placing = ::tigetstr("cup");
  if (!is_sequence(placing)) {
    ::endwin();
    ::delscreen(screen);
    return tl::unexpected(
        no_terminal("TERM=" + std::string(type) + " cannot place its cursor; --batch needs none"));
  }
  std::unique_ptr<Canvas> canvas(new Canvas);
  canvas->content_->screen = screen;
  canvas->content_->utf8 = utf8;
  canvas->content_->begin(options);
  return canvas;
}

void Canvas::Content::begin(const Options& options) {
  restore_after_crash(restoring_sequences());
  ::cbreak();
  ::noecho();
  ::nonl();
  ::set_escdelay(EscapeDelay);
  // Ctrl-C must not flush the input: curses would wait for the rest of a key that was cut off.
  ::intrflush(stdscr, FALSE);
  ::leaveok(stdscr, FALSE);
  // Keys are read through a window of their own, so that reading never refreshes the screen.
  keys = ::newpad(1, 1);
  ::keypad(keys, TRUE);
  ::nodelay(keys, TRUE);
  ::curs_set(0);
  if (options.mouse) {
    ::mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, nullptr);
    ::mouseinterval(0);
  }
  colour = options.colour && ::has_colors();
  if (!colour) return;
  ::start_color();
  const bool own_ground = ::use_default_colors() == OK;
  for (std::size_t i = 1; i < CursesColours.size(); ++i)
    ::init_pair(static_cast<short>(i), CursesColours[i], own_ground ? short{-1} : short{COLOR_BLACK});
}

Canvas::~Canvas() {
  if (content_->screen == nullptr) return;
  ::delwin(content_->keys);
  ::endwin();
  ::delscreen(content_->screen);
  forget_crash_handling();
}

bool Canvas::utf8() const { return content_->utf8; }
std::size_t Canvas::width() const { return static_cast<std::size_t>(COLS); }
std::size_t Canvas::height() const { return static_cast<std::size_t>(LINES); }

void Canvas::fit() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return;
  if (size.ws_col == COLS && size.ws_row == LINES) return;
  ::resizeterm(size.ws_row, size.ws_col);
  forget();
}

void Canvas::forget() { content_->unknown = true; }

attr_t Canvas::Content::attributes_of(const Style& style) const {
  attr_t attributes = A_NORMAL;
  if (style.bold) attributes |= A_BOLD;
  if (style.dim) attributes |= A_DIM;
  if (style.reverse) attributes |= A_REVERSE;
  if (style.underline) attributes |= A_UNDERLINE;
  return attributes;
}

std::wstring Canvas::Content::characters_of(const Cell& cell) const {
  std::wstring characters;
  std::mbstate_t state{};
  std::string_view text = cell.text();
  while (!text.empty()) {
    wchar_t character = 0;
    const std::size_t length = std::mbrtowc(&character, text.data(), text.size(), &state);
    // Characters unknown to this locale become question marks of the same width.
    if (length == 0 || length > text.size()) return L"?";
    characters += character;
    text.remove_prefix(length);
  }
  return characters;
}

void Canvas::Content::write(std::size_t x, std::size_t y, const Cell& cell) const {
  std::wstring characters = characters_of(cell);
  if (characters.size() > CCHARW_MAX) characters.resize(CCHARW_MAX);
  cchar_t character{};
  const short pair = colour ? static_cast<short>(cell.style().colour) : short{0};
  ::setcchar(&character, characters.c_str(), attributes_of(cell.style()), pair, nullptr);
  ::mvadd_wch(static_cast<int>(y), static_cast<int>(x), &character);
}

bool Canvas::Content::write_changes(const Grid& grid) {
  bool any = unknown;
  if (unknown) ::erase();
  for (std::size_t y = 0; y < grid.height(); ++y) {
    for (std::size_t x = 0; x < grid.width(); ++x) {
      const Cell& cell = grid.at(x, y);
      if (!unknown && cell == shown.at(x, y)) continue;
      any = true;
      if (!cell.is_right_half()) write(x, y, cell);
      // The wide character is shown as a question mark, so its right half must be written too.
      const bool stands_alone = cell.is_right_half() && characters_of(grid.at(x - 1, y)) == L"?";
      if (stands_alone) write(x, y, Cell(" ", cell.style()));
    }
  }
  return any;
}

bool Canvas::Content::place_cursor(std::optional<std::pair<std::size_t, std::size_t>> where) {
  if (where) ::wmove(stdscr, static_cast<int>(where->second), static_cast<int>(where->first));
  if (where == cursor) return false;
  if (where.has_value() != cursor.has_value()) ::curs_set(where ? 1 : 0);
  cursor = where;
  return true;
}

void Canvas::show(const Grid& grid, std::optional<std::pair<std::size_t, std::size_t>> cursor) {
  Content& content = *content_;
  if (grid.width() != width() || grid.height() != height()) return;
  if (content.unknown) ::clearok(stdscr, TRUE);
  const bool changed = content.write_changes(grid);
  const bool moved = content.place_cursor(cursor);
  if (!changed && !moved) return;
  ::wrefresh(stdscr);
  content.shown = grid;
  content.unknown = false;
}

std::optional<Key> Canvas::read_key() {
  wint_t code = 0;
  const int result = ::wget_wch(content_->keys, &code);
  if (result == ERR) return std::nullopt;
  if (result != KEY_CODE_YES) return key_of_character(code);
  return code == KEY_MOUSE ? key_of_mouse() : key_of_code(code);
}

void Canvas::suspend() {
  ::def_prog_mode();
  ::endwin();
}

void Canvas::resume() {
  ::reset_prog_mode();
  forget();
  fit();
}

}  // namespace tui
