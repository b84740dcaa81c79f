/// The symbols of the monitor, in UTF-8 and in ASCII.
#pragma once

#include <array>
#include <string_view>

namespace tui {

struct Symbols {
  std::string_view cut;
  std::string_view ascending;
  std::string_view descending;
  std::string_view separator;
  /// Before a row with rows below it.
  std::string_view closed;
  std::string_view open;
  /// Before a row in a tree: one with siblings after it, the last one, and the line past it.
  std::string_view branch;
  std::string_view last_branch;
  std::string_view trunk;
  /// Levels of a sparkline, from none to the maximum.
  std::array<std::string_view, 9> levels;
};

inline constexpr Symbols Utf8Symbols{"…",  "▲",  "▼",  "│",  "▸ ",
                                     "▾ ", "├ ", "└ ", "│ ", {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
inline constexpr Symbols AsciiSymbols{"~",  "^",  "v",  "|",  "+ ",
                                      "- ", "| ", "` ", "| ", {" ", ".", ":", "-", "=", "+", "*", "%", "#"}};

constexpr const Symbols& symbols_for(bool utf8) { return utf8 ? Utf8Symbols : AsciiSymbols; }

}  // namespace tui
