/// Lists of words on a command line.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// Splits at commas; returns at least one part, and parts may be empty.
inline std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.push_back(text.substr(0, comma));
    if (comma == text.size()) return words;
    text.remove_prefix(comma + 1);
  }
}

/// Joins the words with `between`.
inline std::string join(std::span<const std::string> words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (&word != words.data()) text += between;
    text += word;
  }
  return text;
}

}  // namespace tools
