/// Steps through UTF-8 character by character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tui {

/// Appends a character; does nothing for an invalid one (surrogates, above U+10FFFF).
void append_character(std::string& out, char32_t code);

/// The position of the previous or next character. `text` must be valid UTF-8.
std::size_t previous_character(std::string_view text, std::size_t at);
std::size_t next_character(std::string_view text, std::size_t at);

}  // namespace tui
