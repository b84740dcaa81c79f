#include "tui/view/page.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/commands.h"

namespace tui {

bool Page::handle(const Key& key) {
  if (key.kind == KeyKind::WheelUp) return scroll(-3), true;
  if (key.kind == KeyKind::WheelDown) return scroll(3), true;
  const Command* const command = command_of(key);
  if (command == nullptr || command->rules.scroll == nullptr) return false;
  (this->*command->rules.scroll)();
  return true;
}

void Page::scroll(std::ptrdiff_t lines) {
  const std::size_t most = lines_.size() - std::min(lines_.size(), height_);
  const auto up = static_cast<std::size_t>(lines < 0 ? -lines : 0);
  top_ = lines < 0 ? top_ - std::min(top_, up) : std::min(top_ + static_cast<std::size_t>(lines), most);
}

void Page::draw(Grid& grid) {
  grid.clear();
  const std::size_t heading = grid.height() > 2 ? 1 : 0;
  const std::size_t footing = grid.height() > 2 ? 1 : 0;
  height_ = grid.height() - heading - footing;
  scroll(0);
  if (heading > 0) {
    const Style style{.bold = true, .reverse = true};
    grid.fill(0, 0, grid.width(), style);
    grid.put(1, 0, title_, style);
  }
  for (std::size_t i = 0; i < height_ && top_ + i < lines_.size(); ++i) {
    std::size_t x = 0;
    for (const Span& span : lines_[top_ + i]) x += grid.put(x, heading + i, span.text, span.style);
  }
  if (footing == 0) return;
  std::string text = "Esc back";
  if (lines_.size() > height_)
    text += "  " + std::to_string(top_ + 1) + "-" + std::to_string(std::min(top_ + height_, lines_.size())) +
            " of " + std::to_string(lines_.size()) + " lines";
  grid.put(0, grid.height() - 1, text, {.dim = true});
}

void append_wrapped_lines(std::vector<Line>& lines, const std::string& text, const Style& style,
                          std::size_t width, std::size_t indent) {
  const std::size_t room = width > indent + 8 ? width - indent : 8;
  std::string line;
  const auto end_line = [&] {
    lines.push_back({{std::string(indent, ' ')}, {line, style}});
    line.clear();
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
    const std::size_t needed = sockutils::display_width(word) + (line.empty() ? 0 : 1);
    if (!line.empty() && sockutils::display_width(line) + needed > room) end_line();
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) end_line();
}

}  // namespace tui
