#include "tests/screens/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tui/view/utf8.h"

namespace screens {
namespace {

constexpr double CellWidth = 8;
constexpr double CellHeight = 17;
constexpr double FontSize = 13.3;
constexpr double Margin = 12;
constexpr double TitleHeight = 30;
constexpr double Baseline = 12.5;

constexpr std::uint32_t Background = 0x10151d;
constexpr std::uint32_t TitleBackground = 0x1c2430;
constexpr std::uint32_t Foreground = 0xd5dbe5;
constexpr std::uint32_t Bright = 0xffffff;
constexpr std::uint32_t Dim = 0x748094;
/// What is behind reversed cells. Their colours stay: the other way round, a row of many would be a
/// patchwork.
constexpr std::uint32_t Reversed = 0x27466b;

/// The first sixteen colours, readable on that background.
constexpr std::array<std::uint32_t, 16> Palette{0x2b3440, 0xf07178, 0x8fd17f, 0xe6c66a, 0x6cb6ff, 0xd49bf0,
                                                0x5fd3d0, 0xd5dbe5, 0x5c6a7d, 0xff8b92, 0xa8e597, 0xffe08a,
                                                0x8fcaff, 0xe6b8ff, 0x83ebe8, 0xffffff};

std::uint32_t rgb_of(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  return static_cast<std::uint32_t>(red) << 16 | static_cast<std::uint32_t>(green) << 8 | blue;
}

/// As xterm has them: a cube of 6x6x6, and 24 greys.
std::uint32_t rgb_of_index(std::uint8_t index) {
  if (index < Palette.size()) return Palette[index];
  constexpr std::array<std::uint8_t, 6> Steps{0, 95, 135, 175, 215, 255};
  constexpr std::uint8_t FirstGrey = 232;
  if (index >= FirstGrey) {
    const auto grey = static_cast<std::uint8_t>(8 + (index - FirstGrey) * 10);
    return rgb_of(grey, grey, grey);
  }
  const int place = index - 16;
  return rgb_of(Steps[static_cast<std::size_t>(place / 36)], Steps[static_cast<std::size_t>(place / 6 % 6)],
                Steps[static_cast<std::size_t>(place % 6)]);
}

std::uint32_t rgb_of(const VTermColor& colour, std::uint32_t usual) {
  if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour)) return usual;
  if (VTERM_COLOR_IS_INDEXED(&colour)) return rgb_of_index(colour.indexed.idx);
  return rgb_of(colour.rgb.red, colour.rgb.green, colour.rgb.blue);
}

struct Look {
  std::uint32_t ink = Foreground;
  std::uint32_t paper = Background;
  bool bold = false;
  friend bool operator==(const Look&, const Look&) = default;
};

Look look_of(const VTermScreenCell& cell, bool strike_is_dim) {
  Look look;
  look.bold = cell.attrs.bold != 0;
  look.ink = rgb_of(cell.fg, look.bold ? Bright : Foreground);
  look.paper = rgb_of(cell.bg, Background);
  if (strike_is_dim && cell.attrs.strike != 0 && VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)) look.ink = Dim;
  if (cell.attrs.reverse != 0) look.paper = Reversed;
  return look;
}

/// Cells that look alike. Those behind a wide character have no text.
struct Run {
  std::size_t begin = 0;
  std::vector<std::string> cells;
  Look look;
};

std::string text_of(const VTermScreenCell& cell) {
  std::string text;
  for (const std::uint32_t character : cell.chars) {
    if (character == 0) break;
    tui::append_character(text, character);
  }
  return text.empty() ? " " : text;
}

/// The cells of a row, as few runs as there can be: a blank looks like what is beside it, as long as the same
/// is behind it.
std::vector<Run> runs_of(const Picture& picture, const CellAt& cell_at, std::size_t row) {
  std::vector<Run> runs;
  for (std::size_t x = 0; x < picture.columns;) {
    const VTermScreenCell cell = cell_at(x, row);
    const std::string text = text_of(cell);
    const Look look = look_of(cell, picture.strike_is_dim);
    const bool continues =
        !runs.empty() && (runs.back().look == look || (text == " " && runs.back().look.paper == look.paper));
    if (!continues) runs.push_back({x, {}, look});
    runs.back().cells.push_back(text);
    if (cell.width > 1) runs.back().cells.emplace_back();
    x += cell.width > 1 ? 2U : 1U;
  }
  return runs;
}

std::string colour(std::uint32_t rgb) { return fmt::format("#{:06x}", rgb); }

void append_paper(std::string& out, const Run& run, double y) {
  if (run.look.paper == Background) return;
  out += fmt::format(R"(<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" fill="{}"/>)",
                     Margin + CellWidth * static_cast<double>(run.begin), y,
                     CellWidth * static_cast<double>(run.cells.size()), CellHeight, colour(run.look.paper));
  out += '\n';
}

void append_word(std::string& out, const Run& run, std::size_t begin, std::size_t end, double y) {
  out += fmt::format(R"(<text x="{:g}" y="{:g}")",
                     Margin + CellWidth * static_cast<double>(run.begin + begin), y + Baseline);
  if (end - begin > 1)
    out += fmt::format(R"( textLength="{:g}")", CellWidth * static_cast<double>(end - begin));
  if (run.look.ink != Foreground) out += fmt::format(R"( fill="{}")", colour(run.look.ink));
  if (run.look.bold) out += R"( font-weight="bold")";
  out += '>';
  for (std::size_t i = begin; i < end; ++i) out += xml_text(run.cells[i]);
  out += "</text>\n";
}

/// Words far from each other get a place each, so that no font makes columns crooked.
void append_words(std::string& out, const Run& run, double y) {
  const auto& cells = run.cells;
  for (std::size_t begin = 0; begin < cells.size(); ++begin) {
    if (cells[begin] == " ") continue;
    std::size_t end = begin + 1;
    std::size_t last = begin;
    // A single blank is part of it.
    for (; end < cells.size() && end - last <= 2; ++end)
      if (cells[end] != " ") last = end;
    append_word(out, run, begin, last + 1, y);
    begin = last;
  }
}

void append_window(std::string& out, const Picture& picture, double width, double height) {
  out += fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:g}" height="{1:g}" viewBox="0 0 {0:g} {1:g}" )"
      R"(font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" )"
      R"(font-size="{2:g}" fill="{3}" xml:space="preserve">)",
      width, height, FontSize, colour(Foreground));
  out += "\n<title>" + xml_text(picture.title) + "</title>\n";
  out += fmt::format(R"(<rect width="{:g}" height="{:g}" rx="8" fill="{}"/>)", width, height,
                     colour(Background));
  out += fmt::format(R"(<path d="M0 {0:g}V8a8 8 0 0 1 8-8H{1:g}a8 8 0 0 1 8 8V{0:g}z" fill="{2}"/>)",
                     TitleHeight, width - 8, colour(TitleBackground));
  constexpr std::array<const char*, 3> Lights{"#f07178", "#e6c66a", "#8fd17f"};
  for (std::size_t i = 0; i < Lights.size(); ++i)
    out += fmt::format(R"(<circle cx="{:g}" cy="15" r="5" fill="{}"/>)", 18 + 17 * static_cast<double>(i),
                       Lights[i]);
  out += fmt::format(R"(<text x="{:g}" y="19.5" text-anchor="middle" fill="{}">)", width / 2, colour(Dim));
  out += xml_text(picture.title) + "</text>\n";
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (byte < 0x20 || byte == 0x7f)
      out += "\xef\xbf\xbd";
    else
      out += c;
  }
  return out;
}

std::string svg_of(const Picture& picture, const CellAt& cell) {
  const double width = 2 * Margin + CellWidth * static_cast<double>(picture.columns);
  const double height = TitleHeight + 2 * Margin + CellHeight * static_cast<double>(picture.rows);
  std::string out;
  append_window(out, picture, width, height);
  for (std::size_t row = 0; row < picture.rows; ++row) {
    const double y = TitleHeight + Margin + CellHeight * static_cast<double>(row);
    const auto runs = runs_of(picture, cell, row);
    for (const Run& run : runs) append_paper(out, run, y);
    for (const Run& run : runs) append_words(out, run, y);
  }
  return out + "</svg>\n";
}

}  // namespace screens
