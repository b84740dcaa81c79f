/// Small helpers for text in ASCII.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sockutils {

/// ASCII letters only; the locale has no say.
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// In lower case, with zeros in front to fill `digits`.
std::string to_hex(std::uint64_t number, std::size_t digits = 1);

/// The words between blanks; none is empty.
std::vector<std::string_view> split_words(std::string_view text);

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to a misspelt word, or empty when none is near enough to be meant. `word` may be in
/// any case; candidates are in lower case.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

/// Matches a shell pattern with `*`, `?` and `[...]` against the whole of `text`, any bytes; `*` also
/// matches `/`, as `ss` has it for unix paths.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace sockutils
