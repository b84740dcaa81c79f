#include "tui/view/pane_screen.h"

#include <algorithm>

namespace tui {

PaneScreen::PaneScreen(Model& model, const Settings& settings) : model_(model), active_(settings.pane) {
  for (const Pane& pane : panes()) {
    panes_.push_back({&pane, TableView(pane.usual_order()), {}});
    panes_.back().tree.by_container = settings.by_container;
  }
  if (settings.order) panes_.front().table = TableView(*settings.order);
}

void PaneScreen::update() {
  if (!model_.frame) return;
  table().update(pane().rows(*model_.frame, panes_[active_].tree), model_.now);
}

void PaneScreen::go_to(std::size_t pane) {
  if (pane >= panes_.size()) return;
  active_ = pane;
  model_.message.clear();
  update();
}

void PaneScreen::go_around(std::ptrdiff_t panes) {
  const auto count = static_cast<std::ptrdiff_t>(panes_.size());
  go_to(static_cast<std::size_t>((static_cast<std::ptrdiff_t>(active_) + panes + count) % count));
}

void PaneScreen::tag() {
  table().toggle_tag();
  move(1);
}

void PaneScreen::toggle_branch() {
  const bool is_under = table().current_fold() == Fold::Nothing && table().parent() != nullptr;
  if (is_under) table().move_to_parent(model_.now);
  if (table().current() == nullptr) return;
  if (table().current_fold() == Fold::Nothing) {
    model_.message = "nothing stands under this row";
    return;
  }
  table().hold_row();
  panes_[active_].tree.toggle(table().current()->key);
  update();
}

void PaneScreen::toggle_all_branches() {
  panes_[active_].tree.toggle_all();
  update();
}

void PaneScreen::toggle_containers() {
  const auto found = std::find_if(panes_.begin(), panes_.end(),
                                  [](const State& state) { return state.pane->has_containers; });
  if (found == panes_.end()) return;
  found->tree.by_container = !found->tree.by_container;
  go_to(static_cast<std::size_t>(found - panes_.begin()));
  // Containers are looked up only when they are shown.
  model_.request.containers = found->tree.by_container;
  model_.look_anew();
}

View::Outcome PaneScreen::handle(const Key& key) {
  if (key.kind == KeyKind::WheelUp) return move(-3), Outcome::Open;
  if (key.kind == KeyKind::WheelDown) return move(3), Outcome::Open;
  if (key.kind != KeyKind::Click) return Outcome::Unhandled;
  model_.message.clear();
  click(key);
  return Outcome::Open;
}

void PaneScreen::click(const Key& key) {
  if (key.y == 0) {
    for (std::size_t i = 0; i < tab_ends_.size(); ++i)
      if (key.x >= tab_ends_[i].first && key.x < tab_ends_[i].second) return go_to(i);
    return;
  }
  if (key.y < table_area_.y || key.y >= table_area_.y + table_area_.height) return;
  if (key.y != table_area_.y) {
    table().click(key.y - table_area_.y, model_.now);
  } else if (const sockutils::Field* const column = table().column_at(key.x)) {
    column == table().order().field ? table().reverse() : table().order_by(*column);
  }
}

}  // namespace tui
