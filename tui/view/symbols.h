/// Marks of our own, in two alphabets.
#pragma once

#include <array>
#include <string_view>

namespace tui {

struct Symbols {
  std::string_view cut;
  std::string_view ascending;
  std::string_view descending;
  std::string_view separator;
  /// In front of a row that others stand under.
  std::string_view closed;
  std::string_view open;
  /// In front of a row under another: between its like, the last of them, and what passes by it.
  std::string_view branch;
  std::string_view last_branch;
  std::string_view trunk;
  /// From nothing to much.
  std::array<std::string_view, 9> levels;
};

inline constexpr Symbols Utf8Symbols{"…",  "▲",  "▼",  "│",  "▸ ",
                                     "▾ ", "├ ", "└ ", "│ ", {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
inline constexpr Symbols AsciiSymbols{"~",  "^",  "v",  "|",  "+ ",
                                      "- ", "| ", "` ", "| ", {" ", ".", ":", "-", "=", "+", "*", "%", "#"}};

constexpr const Symbols& symbols_for(bool utf8) { return utf8 ? Utf8Symbols : AsciiSymbols; }

}  // namespace tui
