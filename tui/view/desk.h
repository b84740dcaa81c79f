/// Everything that commands work on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tui/collect/actions.h"
#include "tui/settings.h"
#include "tui/view/filters.h"
#include "tui/view/model.h"
#include "tui/view/pane_screen.h"
#include "tui/view/view.h"

namespace tui {

/// A request of the user to the program.
enum class SessionRequest : std::uint8_t { None, Quit, Suspend, Redraw };

/// Not movable, because its parts refer to one another.
struct Desk {
  const bool replays;
  Actions& actions;
  Model model;
  PaneScreen panes;
  ViewStack views{panes};
  Filters filters;
  /// The latest frame that arrived while the view was paused.
  std::shared_ptr<const Frame> pending = {};
  std::string search = {};
  PromptHistory search_history = {};
  /// The key being handled, and the resulting request to the program.
  Key key = {};
  SessionRequest wanted = SessionRequest::None;

  Desk(const Settings& settings, ViewRequest request, bool utf8, Actions& machine);
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  TableView& table() { return panes.table(); }
};

}  // namespace tui
