/// What the user sees and does: panes, prompts, pages. It draws into a grid, is told keys and the time, and
/// says what it wants from the collector; it touches neither terminal nor machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tui/settings.h"
#include "tui/view/action_dialogs.h"
#include "tui/view/commands.h"
#include "tui/view/filters.h"
#include "tui/view/model.h"
#include "tui/view/pane_screen.h"
#include "tui/view/playback_controls.h"
#include "tui/view/view.h"

namespace tui {

class Session {
 public:
  /// What the user wants of the program.
  enum class Request : std::uint8_t { None, Quit, Suspend, Redraw };

  /// `query` is what to look at without any filter, `filter` what the command line says of that; `actions`
  /// has to outlive the session.
  Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
          Actions& actions);
  /// Its parts know one another.
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void take(std::shared_ptr<const Frame> frame, Clock::time_point now);
  void take(std::shared_ptr<const Details> details);
  Request handle(const Key& key, Clock::time_point now);

  /// The whole screen, of any size.
  void draw(Grid& grid);
  /// Where the cursor stands after `draw()`, when something is typed.
  View::Cursor cursor() const { return views_.top().cursor(); }

  /// The settings as they are now, with the filters that were saved behind those that there were, and those
  /// that were deleted.
  Settings settings_now() const;

  /// What the collector shall look at, and whether that has changed since the last call.
  const Wish& wish() const { return model_.request; }
  bool take_wish_change() { return std::exchange(model_.request_changed, false); }

 private:
  friend std::span<const Command> commands();

  TableView& table() { return panes_.table(); }
  void run(const Command& command);
  std::string_view refusal_of(When when) const;

  void enter();
  void open_details(std::shared_ptr<const SocketRow> socket);
  void pause();
  void change_interval(int direction);
  void choose_order();
  void ask_for_columns();
  void ask_for_search();
  void search_again(bool backwards);
  void search(bool from_here, bool backwards);

  Settings begun_;
  bool replays_;
  Model model_;
  PaneScreen panes_;
  ViewStack views_{panes_};
  Filters filters_;
  PlaybackControls playback_{model_, views_};
  ActionDialogs actions_;
  /// What came while the view was paused.
  std::shared_ptr<const Frame> pending_;
  std::string search_;
  PromptHistory search_history_;
  /// The key that is being handled, and what it asks of the program.
  Key key_;
  Request wanted_ = Request::None;
};

}  // namespace tui
