/// The main screen: tabs, summary of the machine, table of the current pane, hints.
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
  /// `model` must outlive it.
  PaneScreen(Model& model, const Settings& settings);

  /// Handles clicks and the mouse wheel.
  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;
  /// Whether another view uses the last line.
  void leave_last_line(bool leave) { leaves_last_line_ = leave; }

  /// The current pane.
  const Pane& pane() const { return *panes_[active_].pane; }
  TableView& table() { return panes_[active_].table; }
  std::size_t active() const { return active_; }
  /// The order of the first pane, which shows sockets.
  const sockutils::SortKey& first_order() const { return panes_.front().table.order(); }

  /// Takes the rows of the current frame.
  void update();
  /// Does nothing if there is no such pane.
  void go_to(std::size_t pane);
  void go_around(std::ptrdiff_t panes);

  void move(std::ptrdiff_t rows) { table().move(rows, model_.now); }
  void tag();
  void toggle_branch();
  void toggle_all_branches();
  /// Also switches to the pane that groups by container.
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
  /// Where things were last drawn.
  Area table_area_;
  std::vector<std::pair<std::size_t, std::size_t>> tab_ends_;
};

}  // namespace tui
