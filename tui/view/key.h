/// Keys, independent of what the terminal sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tui {

enum class KeyKind : std::uint8_t {
  Character,  ///< `code` is the character, which may be a control character
  Up,
  Down,
  Left,
  Right,
  PageUp,
  PageDown,
  Home,
  End,
  Enter,
  Escape,
  Tab,
  BackTab,
  Backspace,
  Delete,
  Function,  ///< `code` is its number
  Click,     ///< at `x`, `y`
  WheelUp,
  WheelDown,
  Resize,
  Other,
};

struct Key {
  KeyKind kind = KeyKind::Other;
  char32_t code = 0;
  std::size_t x = 0;
  std::size_t y = 0;

  friend bool operator==(const Key&, const Key&) = default;
};

constexpr Key character_key(char32_t c) { return {KeyKind::Character, c}; }
constexpr Key control_key(char letter) { return {KeyKind::Character, static_cast<char32_t>(letter) & 0x1f}; }

/// The name in the help: `j`, `Ctrl-L`, `F1`, `PgUp`, `Space`.
std::string name(const Key& key);

}  // namespace tui
