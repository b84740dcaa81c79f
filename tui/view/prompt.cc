#include "tui/view/prompt.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/utf8.h"

namespace tui {
namespace {

constexpr std::size_t MaxLines = 100;
/// No filter is longer.
constexpr std::size_t MaxBytes = 4096;

}  // namespace

void PromptHistory::add(const std::string& line) {
  if (line.empty()) return;
  std::erase(lines_, line);
  lines_.push_back(line);
  if (lines_.size() > MaxLines) lines_.erase(lines_.begin());
}

Prompt::Prompt(std::string label, std::string text, const PromptHistory& history, Check accept, Check change,
               std::function<void()> give_up)
    : label_(std::move(label)),
      text_(std::move(text)),
      cursor_(text_.size()),
      history_(history.lines()),
      recalled_(history_.size()),
      accept_(std::move(accept)),
      change_(std::move(change)),
      give_up_(std::move(give_up)) {}

View::Outcome Prompt::handle(const Key& key) {
  const Outcome outcome = edit_or_leave(key);
  if (outcome == Outcome::Changed && change_) fault_ = change_(text_);
  if (outcome == Outcome::GivenUp && give_up_) give_up_();
  if (outcome != Outcome::Accepted || !accept_) return outcome;
  Verdict verdict = accept_(text_);
  if (!verdict) return Outcome::Accepted;
  fault_ = std::move(verdict);
  return Outcome::Open;
}

View::Outcome Prompt::edit_or_leave(const Key& key) {
  switch (key.kind) {
    case KeyKind::Enter:
      return Outcome::Accepted;
    case KeyKind::Escape:
      return Outcome::GivenUp;
    case KeyKind::Up:
      return recall(-1);
    case KeyKind::Down:
      return recall(1);
    case KeyKind::Character:
    case KeyKind::Left:
    case KeyKind::Right:
    case KeyKind::Home:
    case KeyKind::End:
    case KeyKind::Backspace:
    case KeyKind::Delete:
    case KeyKind::PageUp:
    case KeyKind::PageDown:
    case KeyKind::Tab:
    case KeyKind::BackTab:
    case KeyKind::Function:
    case KeyKind::Click:
    case KeyKind::WheelUp:
    case KeyKind::WheelDown:
    case KeyKind::Resize:
    case KeyKind::Other:
      break;
  }
  return edit(key);
}

View::Outcome Prompt::edit(const Key& key) {
  if (key.kind == KeyKind::Left) cursor_ = previous_character(text_, cursor_);
  if (key.kind == KeyKind::Right) cursor_ = next_character(text_, cursor_);
  if (key.kind == KeyKind::Home) cursor_ = 0;
  if (key.kind == KeyKind::End) cursor_ = text_.size();
  if (key.kind == KeyKind::Backspace && cursor_ > 0) {
    erase(previous_character(text_, cursor_), cursor_);
    return Outcome::Changed;
  }
  if (key.kind == KeyKind::Delete && cursor_ < text_.size()) {
    erase(cursor_, next_character(text_, cursor_));
    return Outcome::Changed;
  }
  if (key.kind != KeyKind::Character) return Outcome::Open;
  if (key.code < 0x20) return edit_by_control(static_cast<char>(key.code + 0x60));
  std::string character;
  append_character(character, key.code);
  if (text_.size() + character.size() > MaxBytes) return Outcome::Open;
  text_.insert(cursor_, character);
  cursor_ += character.size();
  return Outcome::Changed;
}

/// The usual keys of line editors.
View::Outcome Prompt::edit_by_control(char letter) {
  if (letter == 'c' || letter == 'g') return Outcome::GivenUp;
  if (letter == 'a') cursor_ = 0;
  if (letter == 'e') cursor_ = text_.size();
  if (letter == 'u') {
    erase(0, cursor_);
    return Outcome::Changed;
  }
  if (letter == 'k') {
    erase(cursor_, text_.size());
    return Outcome::Changed;
  }
  if (letter == 'w') {
    std::size_t from = cursor_;
    while (from > 0 && text_[from - 1] == ' ') --from;
    while (from > 0 && text_[from - 1] != ' ') --from;
    erase(from, cursor_);
    return Outcome::Changed;
  }
  return Outcome::Open;
}

void Prompt::erase(std::size_t from, std::size_t to) {
  text_.erase(from, to - from);
  cursor_ = from;
}

View::Outcome Prompt::recall(int direction) {
  const bool up = direction < 0;
  if (up ? recalled_ == 0 : recalled_ == history_.size()) return Outcome::Open;
  if (recalled_ == history_.size()) draft_ = text_;
  recalled_ = up ? recalled_ - 1 : recalled_ + 1;
  text_ = recalled_ == history_.size() ? draft_ : history_[recalled_];
  cursor_ = text_.size();
  return Outcome::Changed;
}

void Prompt::draw(Grid& grid) {
  const std::size_t y = grid.height() - 1;
  drawn_cursor_.emplace(draw(grid, y), y);
}

std::size_t Prompt::draw(Grid& grid, std::size_t y) const {
  Style label;
  label.bold = true;
  grid.fill(0, y, grid.width(), {});
  const std::size_t start = grid.put(0, y, label_, label);
  const std::size_t room = grid.width() - std::min(grid.width(), start + 1);
  // Drops text left of the cursor that does not fit.
  std::size_t first = 0;
  while (sockutils::display_width(std::string_view(text_).substr(first, cursor_ - first)) > room &&
         first < cursor_)
    first = next_character(text_, first);
  std::size_t x = start;
  std::size_t cursor_x = start;
  for (std::size_t at = first; at < text_.size(); at = next_character(text_, at)) {
    if (at == cursor_) cursor_x = x;
    const bool faulty =
        fault_ && at >= fault_->position && at < fault_->position + std::max<std::size_t>(fault_->length, 1);
    Style style;
    if (faulty) style = {.colour = Colour::Red, .underline = true};
    const std::string character = sockutils::escape_text(text_.substr(at, next_character(text_, at) - at));
    x += grid.put(x, y, character == "\\\\" ? "\\" : character, style);
  }
  if (cursor_ == text_.size()) cursor_x = x;
  if (fault_ && x + 2 < grid.width())
    grid.put(x + 2, y, sockutils::escape_text(fault_->message), {.colour = Colour::Red});
  return std::min(cursor_x, grid.width() == 0 ? 0 : grid.width() - 1);
}

}  // namespace tui
