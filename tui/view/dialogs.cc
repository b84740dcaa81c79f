#include "tui/view/dialogs.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/commands.h"

namespace tui {

View::Outcome ConfirmDialog::handle(const Key& key) {
  const bool yes = key == character_key(U'y');
  (yes ? yes_ : no_)();
  return yes ? Outcome::Accepted : Outcome::GivenUp;
}

void ConfirmDialog::draw(Grid& grid) {
  if (grid.width() == 0 || grid.height() == 0) return;
  constexpr std::string_view Keys = "y: yes   any other key: no";
  std::size_t width = Keys.size();
  for (const std::string& line : lines_) width = std::max(width, sockutils::display_width(line));
  width = std::min(width + 4, grid.width());
  const std::size_t height = std::min(lines_.size() + 2, grid.height());
  const std::size_t x = (grid.width() - width) / 2;
  const std::size_t y = (grid.height() - height) / 2;
  const Style box{.reverse = true};
  for (std::size_t i = 0; i < height; ++i) grid.fill(x, y + i, width, box);
  const std::size_t margin = width > 8 ? 2 : 0;
  for (std::size_t i = 0; i < lines_.size() && i + 1 < height; ++i)
    grid.put(x + margin, y + i, lines_[i], {.bold = i == 0, .reverse = true}, width - margin);
  grid.put(x + margin, y + height - 1, Keys, {.bold = true, .reverse = true}, width - margin);
}

View::Outcome PageView::handle(const Key& key) {
  if (page_.handle(key)) return Outcome::Open;
  const Command* const command = command_of(key);
  // Only Ctrl-C quits the program.
  if (command == nullptr || !command->rules.closes_page || key == control_key('c')) return Outcome::Unhandled;
  close_();
  return Outcome::GivenUp;
}

void PageView::draw(Grid& grid) {
  fill_(page_);
  page_.draw(grid);
}

}  // namespace tui
