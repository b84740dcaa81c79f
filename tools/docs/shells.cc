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

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) c == '\'' ? result += "'\\''" : result += c;
  return result + "'";
}

}  // namespace tools::docs
