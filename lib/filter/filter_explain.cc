/// Shows where a filter is wrong.
#include <algorithm>
#include <vector>

#include "common/utf8.h"
#include "sockutils/filter.h"
#include "sockutils/value.h"

namespace sockutils {
namespace {

constexpr std::size_t Columns = 100;
constexpr std::size_t Indent = 2;
/// How much of a long filter is shown before the error.
constexpr std::size_t Before = 40;
constexpr std::string_view Ellipsis = "...";

/// One character of the filter as shown on the terminal: a newline takes the two columns of
/// `\n`.
struct Cell {
  /// Offset in the filter of the byte after it.
  std::size_t end;
  std::string text;
  std::size_t width;
};

std::vector<Cell> to_cells(std::string_view filter) {
  std::vector<Cell> cells;
  for (std::size_t offset = 0; offset < filter.size();) {
    const std::string_view rest = filter.substr(offset);
    const std::size_t length = decode_utf8(rest).length;
    std::string text = escape_text(rest.substr(0, length));
    const std::size_t width = display_width(text);
    offset += length;
    cells.push_back({offset, std::move(text), width});
  }
  return cells;
}

std::size_t width_of(const std::vector<Cell>& cells, std::size_t first, std::size_t last) {
  std::size_t width = 0;
  for (std::size_t i = first; i < last; ++i) width += cells[i].width;
  return width;
}

/// The first cell to show of a filter that is too long: its beginning when the error is near.
std::size_t first_shown(const std::vector<Cell>& cells, std::size_t fault) {
  std::size_t width = width_of(cells, 0, fault);
  if (width <= Columns * 2 / 3) return 0;
  std::size_t first = 0;
  while (width > Before) width -= cells[first++].width;
  return first;
}

/// The visible part of the filter, and the marks below it.
struct Window {
  std::string line;
  std::size_t column = 0;
  std::size_t marked = 0;
};

Window make_window(const std::vector<Cell>& cells, std::size_t position, std::size_t end) {
  const auto fault =
      static_cast<std::size_t>(std::partition_point(cells.begin(), cells.end(),
                                                    [=](const Cell& cell) { return cell.end <= position; }) -
                               cells.begin());
  const bool fits = width_of(cells, 0, cells.size()) <= Columns;
  const std::size_t first = fits ? 0 : first_shown(cells, fault);
  const std::size_t limit = fits ? Columns : Columns - 2 * Ellipsis.size();
  Window window;
  if (first != 0) window.line += Ellipsis;
  window.column = width_of(cells, first, fault) + (first != 0 ? Ellipsis.size() : 0);
  std::size_t width = 0;
  std::size_t i = first;
  for (; i < cells.size() && width + cells[i].width <= limit; ++i) {
    window.line += cells[i].text;
    width += cells[i].width;
    const bool at_fault = i == fault || (i > fault && cells[i - 1].end < end);
    if (at_fault) window.marked += cells[i].width;
  }
  if (i < cells.size()) window.line += Ellipsis;
  return window;
}

}  // namespace

std::string FilterError::explain(std::string_view filter) const {
  const Window window = make_window(to_cells(filter), position, position + length);
  const std::string indent(Indent, ' ');
  std::string out = escape_text(message) + '\n';
  out += indent + window.line + '\n';
  out += indent + std::string(window.column, ' ') + '^';
  if (window.marked > 1) out.append(window.marked - 1, '~');
  out += '\n';
  if (!suggestion.empty()) out += "did you mean \"" + escape_text(suggestion) + "\"?\n";
  return out;
}

}  // namespace sockutils
