/// What the user sees and does: panes, prompts, pages. It draws into a grid, is told keys and the time, and
/// says what it wants from the collector; it touches neither terminal nor machine.
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

  /// `query` is what to look at without any filter, `filter` what the command line says of that; `actions`
  /// has to outlive the session.
  Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
          Actions& actions);

  void take(std::shared_ptr<const Frame> frame, Clock::time_point now);
  void take(std::shared_ptr<const Details> details);
  Request handle(const Key& key, Clock::time_point now);

  /// The whole screen, of any size.
  void draw(Grid& grid);
  /// Where the cursor stands after `draw()`, when something is typed.
  View::Cursor cursor() const { return desk_.views.top().cursor(); }

  /// The settings as they are now, with the filters that were saved behind those that there were, and those
  /// that were deleted.
  Settings settings_now() const;

  /// What the collector shall look at, and whether that has changed since the last call.
  const ViewRequest& request() const { return desk_.model.request; }
  bool take_request_change() { return std::exchange(desk_.model.request_changed, false); }

 private:
  void run(const Command& command);
  std::string_view refusal_of(When when) const;

  Settings begun_;
  Desk desk_;
};

}  // namespace tui
