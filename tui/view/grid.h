/// The cells of the screen, in memory. Pure: independent of the terminal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tui {

/// The default colour of the terminal, and colours that are readable on light and dark backgrounds.
enum class Colour : std::uint8_t { Default, Red, Green, Blue, Magenta };

struct Style {
  Colour colour = Colour::Default;
  bool bold = false;
  bool dim = false;
  bool reverse = false;
  bool underline = false;

  friend bool operator==(const Style&, const Style&) = default;
};

/// One cell of the screen: a character with its combining characters. A wide character is followed by a cell
/// without text.
class Cell {
 public:
  Cell() = default;
  Cell(std::string_view text, const Style& style) : style_(style) { append(text); }

  std::string_view text() const { return {bytes_.data(), length_}; }
  const Style& style() const { return style_; }
  void set_style(const Style& style) { style_ = style; }
  /// Text that does not fit is dropped: a character may have any number of combining characters.
  void append(std::string_view text);
  bool is_right_half() const { return length_ == 0; }

  friend bool operator==(const Cell&, const Cell&) = default;

 private:
  std::array<char, 19> bytes_{};
  std::uint8_t length_ = 0;
  Style style_;
};

/// Width times height cells. Anything outside is dropped; half a wide character never remains.
class Grid {
 public:
  Grid() = default;
  Grid(std::size_t width, std::size_t height) { resize(width, height); }

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }
  /// The grid is blank afterwards.
  void resize(std::size_t width, std::size_t height);
  void clear();

  /// `x` and `y` must be inside the grid.
  const Cell& at(std::size_t x, std::size_t y) const { return cells_[y * width_ + x]; }

  /// Writes `text`, UTF-8 that `escape_text()` has made safe, starting at column `x`, into at most `limit`
  /// columns. Returns the number of columns used.
  std::size_t put(std::size_t x, std::size_t y, std::string_view text, const Style& style = {},
                  std::size_t limit = SIZE_MAX);
  /// Writes blanks in a style.
  void fill(std::size_t x, std::size_t y, std::size_t width, const Style& style);
  /// Highlights a row, whatever is in it.
  void reverse_row(std::size_t y);

  /// A row as text, without trailing blanks.
  std::string line(std::size_t y) const;

 private:
  void set(std::size_t x, std::size_t y, const Cell& cell);

  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace tui
