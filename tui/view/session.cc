#include "tui/view/session.h"

#include <algorithm>
#include <array>

#include "sockutils/value.h"
#include "tui/view/dialogs.h"
#include "tui/view/pages.h"

namespace tui {

using std::chrono::milliseconds;

namespace {

constexpr std::array<milliseconds, 11> Intervals{
    milliseconds(100),   milliseconds(200),    milliseconds(500),    milliseconds(1000),
    milliseconds(2000),  milliseconds(5000),   milliseconds(10000),  milliseconds(30000),
    milliseconds(60000), milliseconds(600000), milliseconds(3600000)};

Wish request_of(const Settings& settings, sockutils::Query query) {
  Wish request;
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

Session::Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
                 Actions& actions)
    : begun_(settings),
      replays_(settings.replay_from.has_value()),
      model_{.request = request_of(settings, std::move(query)),
             .symbols = symbols_for(utf8 && !settings.ascii),
             .message = sockutils::escape_text(settings.config_fault)},
      panes_(model_, settings),
      filters_(model_, views_, settings),
      actions_(model_, panes_, views_, actions) {
  filters_.set(filter, true);
}

void Session::take(std::shared_ptr<const Frame> frame, Clock::time_point now) {
  // What was chosen since it was begun shows with the next one.
  if (frame->sockets->columns != model_.request.columns) return;
  model_.now = now;
  (model_.paused ? pending_ : model_.frame) = std::move(frame);
  if (!model_.paused) panes_.update();
}

void Session::take(std::shared_ptr<const Details> details) {
  const auto& wanted = model_.request.detail;
  if (wanted && details && details->key == wanted->key) model_.details = std::move(details);
}

Session::Request Session::handle(const Key& key, Clock::time_point now) {
  if (key.kind == KeyKind::Resize) return Request::Redraw;
  model_.now = now;
  key_ = key;
  const bool is_bare = views_.is_bare();
  if (views_.handle(key) == View::Outcome::Unhandled) {
    const Command* const command = command_of(key);
    if (command != nullptr && (is_bare || command->rules.everywhere)) run(*command);
  }
  return std::exchange(wanted_, Request::None);
}

void Session::run(const Command& command) {
  model_.message = refusal_of(command.rules.when);
  if (model_.message.empty()) command.act(*this);
}

/// Empty: there is nothing against it.
std::string_view Session::refusal_of(When when) const {
  if (when == When::Replaying && !replays_)
    return "this is the machine as it is now: --replay plays what --record wrote";
  if (when == When::MayAct && replays_)
    return "this is a recording: there is nothing here to close or to signal";
  if (when == When::MayAct && begun_.readonly) return "nothing is closed or signalled with --readonly";
  return {};
}

void Session::draw(Grid& grid) {
  grid.clear();
  if (grid.width() == 0 || grid.height() == 0) return;
  model_.screen_width = grid.width();
  panes_.leave_last_line(views_.top().takes_last_line());
  views_.draw(grid);
}

Settings Session::settings_now() const {
  Settings now = begun_;
  now.interval = model_.request.interval;
  now.columns = model_.request.columns;
  now.by_container = model_.request.containers;
  now.pane = panes_.active();
  now.filters = filters_.saved();
  now.forgotten_filters = filters_.forgotten();
  const sockutils::SortKey& order = panes_.first_order();
  const sockutils::SortKey usual = begun_.order.value_or(panes().front().usual_order());
  if (order.field != usual.field || order.descending != usual.descending) now.order = order;
  return now;
}

void Session::enter() {
  const Pane& pane = panes_.pane();
  const TableRow* const row = table().current();
  if (row == nullptr) return;
  const TableRow* const above = table().parent();
  if (auto socket = table().current_socket(); socket && (panes_.active() == 0 || above != nullptr))
    return open_details(std::move(socket));
  if (pane.filter_of == nullptr) {
    model_.message = "nothing more is known of this";
    return;
  }
  // What is left out of a group is of the group.
  const bool of_above = above != nullptr && table().current_fold() == Fold::Nothing;
  const auto filter = pane.filter_of(of_above ? *above : *row, *table().table());
  if (!filter)
    model_.message = "these sockets have nothing in common that a filter could name";
  else if (!filters_.set(*filter, false))
    panes_.go_to(0);
}

void Session::open_details(std::shared_ptr<const SocketRow> socket) {
  if (const auto target = target_of(*socket))
    views_.push(details_page(model_, std::move(socket), *target));
  else
    model_.message = "the kernel gives this socket no identity to ask for it by";
}

void Session::pause() {
  if (replays_) return playback_.toggle_pause();
  model_.paused = !model_.paused;
  if (!model_.paused && pending_) model_.frame = std::exchange(pending_, nullptr);
  panes_.update();
}

void Session::change_interval(int direction) {
  milliseconds& interval = model_.request.interval;
  const auto* place = std::lower_bound(Intervals.begin(), Intervals.end(), interval);
  if (direction > 0 && place != Intervals.end() && *place == interval) ++place;
  if (direction < 0 && place == Intervals.begin()) return;
  if (direction < 0) --place;
  if (place == Intervals.end()) return;
  interval = *place;
  model_.request_changed = true;
}

void Session::choose_order() {
  if (table().table() == nullptr) return;
  const Fields& columns = table().table()->columns;
  std::vector<std::string> names;
  for (const sockutils::Field* const column : columns) names.emplace_back(column->name);
  const auto now = std::find(columns.begin(), columns.end(), table().order().field);
  const auto at = now == columns.end() ? 0 : static_cast<std::size_t>(now - columns.begin());
  views_.open<MenuDialog>(Menu("sort by", std::move(names), at),
                          [this, columns](std::size_t chosen) { table().order_by(*columns[chosen]); });
}

void Session::ask_for_columns() {
  const auto accept = [this](const std::string& text) -> PromptDialog::Fault {
    auto columns = parse_columns(text, usual_columns());
    if (!columns) return Prompt::Fault{text.size(), 0, columns.error()};
    model_.request.columns = *std::move(columns);
    model_.look_anew();
    return std::nullopt;
  };
  views_.open<PromptDialog>(Prompt("columns: ", names_of(model_.request.columns), {}), accept);
}

void Session::ask_for_search() {
  const auto accept = [this](const std::string& text) -> PromptDialog::Fault {
    search_history_.add(text);
    return std::nullopt;
  };
  const auto change = [this](const std::string& text) -> PromptDialog::Fault {
    search_ = text;
    if (!text.empty()) search(true, false);
    return std::nullopt;
  };
  views_.open<PromptDialog>(Prompt("search: ", {}, search_history_), accept, change);
}

void Session::search_again(bool backwards) {
  if (!search_.empty()) search(false, backwards);
}

void Session::search(bool from_here, bool backwards) {
  const bool found = table().search(search_, from_here, backwards, model_.now);
  model_.message = found ? "" : "nothing here shows '" + sockutils::escape_text(search_) + "'";
}

}  // namespace tui
