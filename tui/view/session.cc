#include "tui/view/session.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/commands.h"

namespace tui {

namespace {

ViewRequest request_of(const Settings& settings, sockutils::Query query) {
  ViewRequest request;
  request.query = std::move(query);
  request.columns = settings.columns;
  request.containers = settings.by_container;
  request.interval = settings.interval;
  request.count_packets = !settings.no_capture;
  if (settings.begin_at) {
    request.playback.place = *settings.begin_at;
    request.playback.paused = true;
  }
  return request;
}

}  // namespace

Desk::Desk(const Settings& settings, ViewRequest request, bool utf8, Actions& machine)
    : replays(settings.replay_from.has_value()),
      actions(machine),
      model{.request = std::move(request),
            .symbols = symbols_for(utf8 && !settings.ascii),
            .message = sockutils::escape_text(settings.config_fault)},
      panes(model, settings),
      filters(model, views, settings) {}

Session::Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
                 Actions& actions)
    : begun_(settings), desk_(settings, request_of(settings, std::move(query)), utf8, actions) {
  desk_.filters.set(filter, true);
}

void Session::take(std::shared_ptr<const Frame> frame, Clock::time_point now) {
  // Frames of an earlier choice of columns are ignored; the next one has the current columns.
  if (frame->sockets->columns != desk_.model.request.columns) return;
  desk_.model.now = now;
  (desk_.model.paused ? desk_.pending : desk_.model.frame) = std::move(frame);
  if (!desk_.model.paused) desk_.panes.update();
}

void Session::take(std::shared_ptr<const Details> details) {
  const auto& wanted = desk_.model.request.detail;
  if (wanted && details && details->key == wanted->key) desk_.model.details = std::move(details);
}

Session::Request Session::handle(const Key& key, Clock::time_point now) {
  if (key.kind == KeyKind::Resize) return Request::Redraw;
  desk_.model.now = now;
  desk_.key = key;
  const bool is_bare = desk_.views.is_bare();
  if (desk_.views.handle(key) == View::Outcome::Unhandled) {
    const Command* const command = command_of(key);
    if (command != nullptr && (is_bare || command->rules.everywhere)) run(*command);
  }
  return std::exchange(desk_.wanted, Request::None);
}

void Session::run(const Command& command) {
  desk_.model.message = refusal_of(command.rules.when);
  if (desk_.model.message.empty()) command.act(desk_);
}

/// Empty: it is permitted.
std::string_view Session::refusal_of(When when) const {
  if (when == When::Replaying && !desk_.replays)
    return "this is the machine as it is now: --replay plays what --record wrote";
  if (when == When::MayAct && desk_.replays)
    return "this is a recording: there is nothing here to close or to signal";
  if (when == When::MayAct && begun_.readonly) return "nothing is closed or signalled with --readonly";
  return {};
}

void Session::draw(Grid& grid) {
  grid.clear();
  if (grid.width() == 0 || grid.height() == 0) return;
  desk_.model.screen_width = grid.width();
  desk_.panes.leave_last_line(desk_.views.top().takes_last_line());
  desk_.views.draw(grid);
}

Settings Session::settings_now() const {
  Settings now = begun_;
  now.interval = desk_.model.request.interval;
  now.columns = desk_.model.request.columns;
  now.by_container = desk_.model.request.containers;
  now.pane = desk_.panes.active();
  now.filters = desk_.filters.saved();
  now.forgotten_filters = desk_.filters.forgotten();
  const sockutils::SortKey& order = desk_.panes.first_order();
  const sockutils::SortKey usual = begun_.order.value_or(panes().front().usual_order());
  if (order.field != usual.field || order.descending != usual.descending) now.order = order;
  return now;
}

}  // namespace tui
