/// The screen of a terminal as a picture: text in SVG, a run of cells that look alike at a time.
#pragma once

#include <vterm.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace screens {

struct Picture {
  std::size_t columns = 0;
  std::size_t rows = 0;
  /// In its title bar.
  std::string title;
  /// What struck-through cells are: see `dim_terminal()` in screenshots.cc.
  bool strike_is_dim = true;
};

using CellAt = std::function<VTermScreenCell(std::size_t column, std::size_t row)>;

/// Colours that a terminal names by number are those of a dark background.
std::string svg_of(const Picture& picture, const CellAt& cell);

/// `text` between the tags of XML, or in an attribute. What XML cannot hold at all becomes U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace screens
