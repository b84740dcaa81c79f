/// The user interface: panes, prompts, pages. It draws into a grid, receives keys and the time, and makes
/// requests to the collector; it accesses neither terminal nor machine.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tui/settings.h"
#include "tui/view/commands.h"
#include "tui/view/desk.h"

namespace tui {

class Session {
 public:
  using Request = SessionRequest;

  /// `query` has no filter yet, `filter` is the filter of the command line; `actions` must outlive the
  /// session.
  Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
          Actions& actions);

  void take(std::shared_ptr<const Frame> frame, Clock::time_point now);
  void take(std::shared_ptr<const Details> details);
  Request handle(const Key& key, Clock::time_point now);

  /// Draws the whole screen, of any size.
  void draw(Grid& grid);
  /// The position of the cursor after `draw()`, while something is typed.
  View::Cursor cursor() const { return desk_.views.top().cursor(); }

  /// The current settings, with newly saved filters after the earlier ones, and the filters that were
  /// deleted.
  Settings settings_now() const;

  /// The request to the collector, and whether it has changed since the last call.
  const ViewRequest& request() const { return desk_.model.request; }
  bool take_request_change() { return std::exchange(desk_.model.request_changed, false); }

 private:
  void run(const Command& command);
  std::string_view refusal_of(When when) const;

  Settings begun_;
  Desk desk_;
};

}  // namespace tui
