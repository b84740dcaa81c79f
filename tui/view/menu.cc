#include "tui/view/menu.h"

#include <algorithm>

#include "sockutils/value.h"

namespace tui {
namespace {

char32_t lower(char32_t c) { return c >= U'A' && c <= U'Z' ? c + 32 : c; }

}  // namespace

View::Outcome Menu::handle(const Key& key) {
  const bool enters = key.kind == KeyKind::Enter;
  if (key.kind == KeyKind::Escape || key == control_key('c') || (enters && choices_.empty())) {
    if (give_up_) give_up_();
    return Outcome::GivenUp;
  }
  if (enters) {
    if (choose_) choose_(cursor_);
    return Outcome::Chosen;
  }
  const std::size_t last = choices_.empty() ? 0 : choices_.size() - 1;
  if (key.kind == KeyKind::Up || key.kind == KeyKind::WheelUp) cursor_ -= std::min<std::size_t>(cursor_, 1);
  if (key.kind == KeyKind::Down || key.kind == KeyKind::WheelDown) cursor_ = std::min(cursor_ + 1, last);
  if (key.kind == KeyKind::Home) cursor_ = 0;
  if (key.kind == KeyKind::End) cursor_ = last;
  if (key.kind == KeyKind::Character) go_to_letter(key.code);
  return Outcome::Open;
}

void Menu::go_to_letter(char32_t letter) {
  for (std::size_t step = 1; step <= choices_.size(); ++step) {
    const std::size_t at = (cursor_ + step) % choices_.size();
    if (choices_[at].empty()) continue;
    if (lower(static_cast<unsigned char>(choices_[at].front())) != lower(letter)) continue;
    cursor_ = at;
    return;
  }
}

void Menu::draw(Grid& grid) {
  if (grid.width() == 0 || grid.height() == 0) return;
  std::size_t width = sockutils::display_width(title_);
  for (const std::string& choice : choices_) width = std::max(width, sockutils::display_width(choice));
  width = std::min(width + 2, grid.width());
  const std::size_t heading = grid.height() > 1 ? 1 : 0;
  const std::size_t height = std::min(choices_.size(), grid.height() - heading);
  if (cursor_ < top_) top_ = cursor_;
  if (height > 0 && cursor_ >= top_ + height) top_ = cursor_ - height + 1;
  // The screen may have become larger.
  top_ = std::min(top_, choices_.size() - height);
  const std::size_t x = (grid.width() - width) / 2;
  const std::size_t y = (grid.height() - height - heading) / 2;
  const Style bar{.bold = true, .reverse = true};
  if (heading > 0) {
    grid.fill(x, y, width, bar);
    grid.put(x + 1, y, title_, bar, width - 1);
  }
  for (std::size_t i = 0; i < height; ++i) {
    const Style style = top_ + i == cursor_ ? Style{.bold = true, .underline = true} : Style{};
    grid.fill(x, y + heading + i, width, style);
    grid.put(x + 1, y + heading + i, choices_[top_ + i], style, width > 1 ? width - 1 : 1);
  }
}

}  // namespace tui
