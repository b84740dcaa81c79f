/// The panes: tabs, what the machine does as a whole, the table of the pane that is shown, hints.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tui/settings.h"
#include "tui/view/model.h"
#include "tui/view/pane.h"
#include "tui/view/table_view.h"
#include "tui/view/view.h"

namespace tui {

class PaneScreen final : public View {
 public:
  /// `model` has to outlive it.
  PaneScreen(Model& model, const Settings& settings);

  /// Clicks and the wheel.
  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;
  /// Whether another view has the last line.
  void leave_last_line(bool leave) { leaves_last_line_ = leave; }

  /// Of the pane that is shown.
  const Pane& pane() const { return *panes_[active_].pane; }
  TableView& table() { return panes_[active_].table; }
  std::size_t active() const { return active_; }
  /// Of the first pane, the sockets.
  const sockutils::SortKey& first_order() const { return panes_.front().table.order(); }

  /// Takes the rows of the frame.
  void update();
  /// Nothing happens without such a pane.
  void go_to(std::size_t pane);
  void go_around(std::ptrdiff_t panes);

  void move(std::ptrdiff_t rows) { table().move(rows, model_.now); }
  void tag();
  void toggle_branch();
  void toggle_all_branches();
  /// And goes to the pane whose rows stand under their containers.
  void toggle_containers();

 private:
  struct State {
    const Pane* pane;
    TableView table;
    TreeState tree;
  };

  void click(const Key& key);
  void draw_tabs(Grid& grid);
  std::vector<std::string> flags() const;
  std::size_t draw_head(Grid& grid);
  std::size_t draw_foot(Grid& grid);
  void draw_table(Grid& grid, const Area& area);
  bool draw_missing(Grid& grid, std::size_t y) const;
  void draw_last_line(Grid& grid, std::size_t y);
  void put_cut(Grid& grid, std::size_t y, const std::string& text, const Style& style) const;

  Model& model_;
  std::vector<State> panes_;
  std::size_t active_;
  bool leaves_last_line_ = false;
  /// Where things were drawn last.
  Area table_area_;
  std::vector<std::pair<std::size_t, std::size_t>> tab_ends_;
};

}  // namespace tui
