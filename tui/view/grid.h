/// The screen as cells, in memory. Pure: it knows no terminal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tui {

/// Colours that stand out on light and on dark ground, and the terminal's own.
enum class Colour : std::uint8_t { Default, Red, Green, Blue, Magenta };

struct Style {
  Colour colour = Colour::Default;
  bool bold = false;
  bool dim = false;
  bool reverse = false;
  bool underline = false;

  friend bool operator==(const Style&, const Style&) = default;
};

/// One place of the screen: a character with what combines with it. A wide one is followed by a cell
/// without text.
class Cell {
 public:
  Cell() = default;
  Cell(std::string_view text, const Style& style) : style_(style) { append(text); }

  std::string_view text() const { return {bytes_.data(), length_}; }
  const Style& style() const { return style_; }
  void set_style(const Style& style) { style_ = style; }
  /// What has no room is left out: text that combines without end.
  void append(std::string_view text);
  bool is_right_half() const { return length_ == 0; }

  friend bool operator==(const Cell&, const Cell&) = default;

 private:
  std::array<char, 19> bytes_{};
  std::uint8_t length_ = 0;
  Style style_;
};

/// Width times height cells. Whatever is put outside is left out; half a wide character never stays.
class Grid {
 public:
  Grid() = default;
  Grid(std::size_t width, std::size_t height) { resize(width, height); }

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }
  /// Blank afterwards.
  void resize(std::size_t width, std::size_t height);
  void clear();

  /// `x` and `y` must lie inside.
  const Cell& at(std::size_t x, std::size_t y) const { return cells_[y * width_ + x]; }

  /// Writes `text`, which is UTF-8 that `escape_text()` has made safe, from column `x` on; at most `limit`
  /// columns. Returns the columns that it took.
  std::size_t put(std::size_t x, std::size_t y, std::string_view text, const Style& style = {},
                  std::size_t limit = SIZE_MAX);
  /// Blanks in a style.
  void fill(std::size_t x, std::size_t y, std::size_t width, const Style& style);
  /// Gives a row the look of being chosen, whatever is in it.
  void reverse_row(std::size_t y);

  /// A row as text, without blanks at its end.
  std::string line(std::size_t y) const;

 private:
  void set(std::size_t x, std::size_t y, const Cell& cell);

  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace tui
