#include "tui/view/view.h"

#include <algorithm>

namespace tui {

View::Outcome ViewStack::handle(const Key& key) {
  View& view = top();
  const View::Outcome outcome = view.handle(key);
  const bool is_done = outcome == View::Outcome::Chosen || outcome == View::Outcome::Accepted ||
                       outcome == View::Outcome::GivenUp;
  // Another view may have been opened above it.
  if (is_done) std::erase_if(above_, [&](const std::unique_ptr<View>& one) { return one.get() == &view; });
  return outcome;
}

void ViewStack::draw(Grid& grid) {
  const auto cover =
      std::find_if(above_.rbegin(), above_.rend(), [](const auto& view) { return view->covers_all(); });
  if (cover == above_.rend()) bottom_.draw(grid);
  const auto lowest = cover == above_.rend() ? above_.begin() : std::prev(cover.base());
  std::for_each(lowest, above_.end(), [&](const auto& view) { view->draw(grid); });
}

}  // namespace tui
