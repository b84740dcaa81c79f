#include "tui/view/grid.h"

#include <algorithm>

#include "sockutils/value.h"

namespace tui {
namespace {

const Cell& blank() {
  static const Cell cell(" ", {});
  return cell;
}

/// Length of the first character of `text` in bytes.
std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  return length;
}

/// Text is already escaped, but an error elsewhere must not send control characters to the terminal.
bool is_control(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character.front());
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

void Cell::append(std::string_view text) {
  if (text.size() > bytes_.size() - length_) return;
  std::copy(text.begin(), text.end(), bytes_.begin() + length_);
  length_ = static_cast<std::uint8_t>(length_ + text.size());
}

void Grid::resize(std::size_t width, std::size_t height) {
  width_ = width;
  height_ = height;
  cells_.assign(width * height, blank());
}

void Grid::clear() { std::fill(cells_.begin(), cells_.end(), blank()); }

void Grid::set(std::size_t x, std::size_t y, const Cell& cell) {
  Cell* const row = &cells_[y * width_];
  // Half of a wide character must not remain.
  if (row[x].is_right_half() && x > 0) row[x - 1] = Cell(" ", row[x - 1].style());
  if (x + 1 < width_ && row[x + 1].is_right_half()) row[x + 1] = Cell(" ", row[x + 1].style());
  row[x] = cell;
}

std::size_t Grid::put(std::size_t x, std::size_t y, std::string_view text, const Style& style,
                      std::size_t limit) {
  if (y >= height_ || x >= width_) return 0;
  const std::size_t end = limit > width_ - x ? width_ : x + limit;
  std::size_t at = x;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, character_length(text));
    text.remove_prefix(character.size());
    const std::size_t columns = sockutils::display_width(character);
    if (columns == 0) {
      // It combines with the character to the left.
      const std::size_t left = at > x && cells_[y * width_ + at - 1].is_right_half() ? at - 2 : at - 1;
      if (at > x && !is_control(character)) cells_[y * width_ + left].append(character);
      continue;
    }
    if (at + columns > end) break;
    set(at, y, Cell(is_control(character) ? "?" : character, style));
    if (columns == 2) {
      set(at + 1, y, blank());
      cells_[y * width_ + at + 1] = Cell({}, style);
      cells_[y * width_ + at] = Cell(character, style);
    }
    at += columns;
  }
  return at - x;
}

void Grid::fill(std::size_t x, std::size_t y, std::size_t width, const Style& style) {
  if (y >= height_ || x >= width_) return;
  const std::size_t end = std::min(width_, width > width_ - x ? width_ : x + width);
  for (std::size_t i = x; i < end; ++i) set(i, y, Cell(" ", style));
}

void Grid::reverse_row(std::size_t y) {
  if (y >= height_) return;
  for (std::size_t x = 0; x < width_; ++x) {
    Cell& cell = cells_[y * width_ + x];
    Style style = cell.style();
    style.reverse = true;
    // Dim text on a bright bar is unreadable.
    style.dim = false;
    cell.set_style(style);
  }
}

std::string Grid::line(std::size_t y) const {
  std::string text;
  for (std::size_t x = 0; x < width_; ++x) text += at(x, y).text();
  const std::size_t end = text.find_last_not_of(' ');
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

}  // namespace tui
