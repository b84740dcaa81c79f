#include "tui/view/key.h"

#include <array>
#include <utility>

#include "tui/view/utf8.h"

namespace tui {
namespace {

constexpr std::array<std::pair<KeyKind, std::string_view>, 17> Names{{
    {KeyKind::Up, "Up"},
    {KeyKind::Down, "Down"},
    {KeyKind::Left, "Left"},
    {KeyKind::Right, "Right"},
    {KeyKind::PageUp, "PgUp"},
    {KeyKind::PageDown, "PgDn"},
    {KeyKind::Home, "Home"},
    {KeyKind::End, "End"},
    {KeyKind::Enter, "Enter"},
    {KeyKind::Escape, "Esc"},
    {KeyKind::Tab, "Tab"},
    {KeyKind::BackTab, "Shift-Tab"},
    {KeyKind::Backspace, "Backspace"},
    {KeyKind::Delete, "Del"},
    {KeyKind::Click, "click"},
    {KeyKind::WheelUp, "wheel up"},
    {KeyKind::WheelDown, "wheel down"},
}};

}  // namespace

std::string name(const Key& key) {
  if (key.kind == KeyKind::Function) return "F" + std::to_string(static_cast<unsigned>(key.code));
  for (const auto& [kind, word] : Names)
    if (kind == key.kind) return std::string(word);
  if (key.kind != KeyKind::Character) return {};
  if (key.code == U' ') return "Space";
  if (key.code < 0x20) return std::string("Ctrl-") + static_cast<char>(key.code + 0x40);
  std::string text;
  append_character(text, key.code);
  return text;
}

}  // namespace tui
