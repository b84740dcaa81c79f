/// Lists of words on a command line.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace tools {

/// The parts between commas; one at least, and any may be empty.
inline std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.push_back(text.substr(0, comma));
    if (comma == text.size()) return words;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace tools
