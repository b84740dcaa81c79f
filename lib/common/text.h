/// Helpers for ASCII text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sockutils {

/// ASCII letters only, independent of the locale.
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// In lower case, padded with zeros to `digits`.
std::string to_hex(std::uint64_t number, std::size_t digits = 1);

/// A count with its noun, as in `1 line` and `2 lines`; for nouns whose plural ends in `s`.
std::string counted(std::uint64_t count, std::string_view noun);

/// The words between blanks; none is empty.
std::vector<std::string_view> split_words(std::string_view text);

/// `a, b, c`
std::string join_words(std::span<const std::string_view> words);

/// `a, b, c and 12 more`: at most `most` of the names.
std::string join_some(std::span<const std::string> names, std::size_t most);

/// The text between `label` and the end of its line; no value if there is no such label.
std::optional<std::string_view> line_after(std::string_view text, std::string_view label);

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate most similar to a misspelt word, or empty when none is similar enough. `word` may be in any
/// case; candidates are in lower case.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

/// Matches a shell pattern with `*`, `?` and `[...]` against the whole of `text`, which may be any bytes; `*`
/// also matches `/`, as in `ss` for unix paths.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace sockutils
