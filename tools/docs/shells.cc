#include <array>

#include "docs/docs.h"

namespace tools::docs {

std::span<const Shell> shells() {
  static constexpr std::array<Shell, 3> Shells{{
      {"bash", bash_completion},
      {"zsh", zsh_completion},
      {"fish", fish_completion},
  }};
  return Shells;
}

std::string joined(std::span<const std::string> words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) c == '\'' ? result += "'\\''" : result += c;
  return result + "'";
}

}  // namespace tools::docs
