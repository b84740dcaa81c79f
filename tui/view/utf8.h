/// Characters of UTF-8, one at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tui {

/// Appends one character; nothing when it is none (surrogates, past U+10FFFF).
void append_character(std::string& out, char32_t code);

/// Where the character before, or behind, the one at `at` begins. `text` is UTF-8.
std::size_t previous_character(std::string_view text, std::size_t at);
std::size_t next_character(std::string_view text, std::size_t at);

}  // namespace tui
