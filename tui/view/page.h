/// A scrollable text over the screen: help, details.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

/// Part of a line, safe for a terminal.
struct Span {
  std::string text;
  Style style = {};
};
using Line = std::vector<Span>;

class Page {
 public:
  explicit Page(std::string title) : title_(std::move(title)) {}

  /// Keeps the scroll position.
  void set_lines(std::vector<Line> lines) { lines_ = std::move(lines); }
  void set_title(std::string title) { title_ = std::move(title); }
  /// Scrolls; returns false when the key does not scroll.
  bool handle(const Key& key);
  void draw(Grid& grid);

  void up() { scroll(-1); }
  void down() { scroll(1); }
  void page_up() { scroll(-page()); }
  void page_down() { scroll(page()); }
  void to_first() { scroll(-static_cast<std::ptrdiff_t>(top_)); }
  void to_last() { scroll(static_cast<std::ptrdiff_t>(lines_.size())); }

 private:
  void scroll(std::ptrdiff_t lines);
  std::ptrdiff_t page() const { return height_ < 2 ? 1 : static_cast<std::ptrdiff_t>(height_ - 1); }

  std::string title_;
  std::vector<Line> lines_;
  std::size_t top_ = 0;
  std::size_t height_ = 1;
};

/// Appends `text` as lines of at most `width` columns, broken at blanks and indented by `indent` columns.
void append_wrapped_lines(std::vector<Line>& lines, const std::string& text, const Style& style,
                          std::size_t width, std::size_t indent);

}  // namespace tui
