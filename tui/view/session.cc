#include "tui/view/session.h"

#include <algorithm>
#include <array>

#include "sockutils/value.h"

namespace tui {

using std::chrono::milliseconds;

namespace {

constexpr std::array<milliseconds, 11> Intervals{
    milliseconds(100),   milliseconds(200),    milliseconds(500),    milliseconds(1000),
    milliseconds(2000),  milliseconds(5000),   milliseconds(10000),  milliseconds(30000),
    milliseconds(60000), milliseconds(600000), milliseconds(3600000)};

/// TIME_WAIT sockets belong to nobody and do nothing: they are counted, and listed for who asks for them.
sockutils::StateSet states_of(const sockutils::Filter& filter, sockutils::StateSet asked) {
  const sockutils::StateSet wait{sockutils::State::TimeWait};
  const sockutils::StateSet possible = filter.possible_states();
  const bool asks =
      !(possible == sockutils::StateSet::all()) && possible.contains(sockutils::State::TimeWait);
  return asks ? asked : asked - wait;
}

}  // namespace

Session::Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
                 Deeds& deeds)
    : recording_(settings.recording),
      begun_(settings),
      replays_(settings.replay_from.has_value()),
      symbols_(symbols_for(utf8 && !settings.ascii)),
      active_(settings.pane),
      saved_filters_(settings.filters),
      message_(sockutils::escape_text(settings.config_fault)),
      deeds_(deeds),
      readonly_(settings.readonly) {
  base_filter_ = query.filter;
  wish_.query = std::move(query);
  wish_.columns = settings.columns;
  wish_.containers = settings.by_container;
  wish_.interval = settings.interval;
  if (settings.begin_at) {
    wish_.playback.place = *settings.begin_at;
    wish_.playback.paused = true;
  }
  wish_.count_packets = !settings.no_capture;
  for (const Pane& pane : panes()) {
    panes_.push_back({&pane, TableView(pane.usual_order()), {}});
    panes_.back().folding.by_container = settings.by_container;
  }
  if (settings.order) panes_.front().view = TableView(*settings.order);
  set_filter(filter, true);
}

void Session::take(std::shared_ptr<const Frame> frame, Clock::time_point now) {
  // What was chosen since it was begun shows with the next one.
  if (frame->sockets->columns != wish_.columns) return;
  if (paused_) {
    pending_ = std::move(frame);
    return;
  }
  frame_ = std::move(frame);
  show_frame(now);
}

void Session::show_frame(Clock::time_point now) {
  if (!frame_) return;
  active().view.update(active().pane->rows(*frame_, active().folding), now);
}

void Session::take(std::shared_ptr<const Details> details) {
  if (!page_is_details_ || !details || !wish_.detail || details->key != wish_.detail->key) return;
  details_ = std::move(details);
  fill_details();
}

void Session::go_to_pane(std::size_t pane, Clock::time_point now) {
  if (pane >= panes_.size()) return;
  active_ = pane;
  message_.clear();
  show_frame(now);
}

Session::Request Session::handle(const Key& key, Clock::time_point now) {
  if (key.kind == KeyKind::Resize) return Request::Redraw;
  if (question_) {
    const Question question = *std::exchange(question_, std::nullopt);
    return question.answer(key), Request::None;
  }
  if (prompt_) return handle_prompt(key, now), Request::None;
  if (menu_) return handle_menu(key), Request::None;
  if (page_) return handle_page(key);
  if (key.kind == KeyKind::Click) return handle_click(key, now), Request::None;
  if (key.kind == KeyKind::WheelUp) return active().view.move(-3, now), Request::None;
  if (key.kind == KeyKind::WheelDown) return active().view.move(3, now), Request::None;
  const auto action = action_of(key);
  if (!action) return Request::None;
  message_.clear();
  return act(*action, key, now);
}

Session::Request Session::act(Action action, const Key& key, Clock::time_point now) {
  if (action == Action::Quit) return Request::Quit;
  if (action == Action::Suspend) return Request::Suspend;
  if (action == Action::Redraw) return Request::Redraw;
  if (action == Action::PaneByNumber) {
    go_to_pane(key.code - U'1', now);
  } else if (!move(action, now)) {
    look(action, now);
    fold(action, now);
    find(action, now);
    do_something(action);
    play(action);
  }
  return Request::None;
}

/// False when the action is none of these.
bool Session::move(Action action, Clock::time_point now) {
  TableView& view = active().view;
  if (action == Action::Tag) {
    view.toggle_tag();
    view.move(1, now);
    return true;
  }
  if (action == Action::Up) return view.move(-1, now), true;
  if (action == Action::Down) return view.move(1, now), true;
  if (action == Action::PageUp) return view.move_page(-1, now), true;
  if (action == Action::PageDown) return view.move_page(1, now), true;
  if (action == Action::First) return view.move_to_first(now), true;
  if (action == Action::Last) return view.move_to_last(now), true;
  if (action == Action::ColumnsLeft) return view.scroll_columns(-1), true;
  if (action == Action::ColumnsRight) return view.scroll_columns(1), true;
  if (action == Action::NextPane) return go_to_pane((active_ + 1) % panes_.size(), now), true;
  if (action == Action::PreviousPane)
    return go_to_pane((active_ + panes_.size() - 1) % panes_.size(), now), true;
  return false;
}

void Session::look(Action action, Clock::time_point now) {
  if (action == Action::Enter) enter(now);
  if (action == Action::Back) go_back();
  if (action == Action::ChooseOrder) open_order_menu();
  if (action == Action::OrderLeft) shift_order(-1);
  if (action == Action::OrderRight) shift_order(1);
  if (action == Action::Reverse) active().view.reverse();
  if (action == Action::Freeze) active().view.freeze(!active().view.frozen());
  if (action == Action::Slower) replays_ ? change_speed(1) : change_interval(1);
  if (action == Action::Faster) replays_ ? change_speed(-1) : change_interval(-1);
  if (action == Action::Help) open_help();
  if (action == Action::Pause && replays_) return pause_playing();
  if (action == Action::Pause) {
    paused_ = !paused_;
    if (!paused_ && pending_) frame_ = std::exchange(pending_, nullptr);
    show_frame(now);
  }
}

void Session::fold(Action action, Clock::time_point now) {
  if (action == Action::Unfold) toggle_fold(now);
  if (action == Action::UnfoldAll) {
    active().folding.toggle_all();
    show_frame(now);
  }
  if (action != Action::ByContainer) return;
  const auto processes = std::find_if(panes_.begin(), panes_.end(), [](const PaneState& state) {
    return state.pane->title == ProcessesPane.title;
  });
  processes->folding.by_container = !processes->folding.by_container;
  go_to_pane(static_cast<std::size_t>(processes - panes_.begin()), now);
  // They are looked up only when somebody wants to see them.
  wish_.containers = processes->folding.by_container;
  ++wish_.version;
  set_wish_changed();
}

void Session::toggle_fold(Clock::time_point now) {
  TableView& view = active().view;
  const bool is_under = view.current_fold() == Fold::Nothing && view.parent() != nullptr;
  if (is_under) view.move_to_parent(now);
  if (view.current() == nullptr) return;
  if (view.current_fold() == Fold::Nothing) {
    message_ = "nothing stands under this row";
    return;
  }
  view.hold_row();
  active().folding.toggle(view.current()->key);
  show_frame(now);
}

void Session::find(Action action, Clock::time_point now) {
  if (action == Action::Filter) open_prompt(Asking::Filter);
  if (action == Action::SavedFilter) open_saved_filters();
  if (action == Action::ForgetFilter) choose_filter_to_forget();
  if (action == Action::SaveFilter && filter_.empty()) message_ = "there is no filter to save";
  if (action == Action::SaveFilter && !filter_.empty()) open_prompt(Asking::FilterName);
  if (action == Action::Columns) open_prompt(Asking::Columns);
  if (action == Action::Search) open_prompt(Asking::Search);
  if (action == Action::SearchNext && !search_.empty()) search(false, false, now);
  if (action == Action::SearchPrevious && !search_.empty()) search(false, true, now);
}

void Session::enter(Clock::time_point now) {
  const Pane& pane = *active().pane;
  const TableRow* const row = active().view.current();
  if (row == nullptr) return;
  const TableRow* const above = active().view.parent();
  if (auto socket = active().view.current_socket(); socket && (active_ == 0 || above != nullptr))
    return open_details(std::move(socket));
  // What is left out of a group is of the group.
  const bool of_above = above != nullptr && active().view.current_fold() == Fold::Nothing;
  const auto filter = pane.filter_of != nullptr
                          ? pane.filter_of(of_above ? *above : *row, *active().view.table())
                          : std::nullopt;
  if (!filter) {
    message_ = pane.filter_of != nullptr ? "these sockets have nothing in common that a filter could name"
                                         : "nothing more is known of this";
    return;
  }
  if (set_filter(*filter, false)) go_to_pane(0, now);
}

/// Out of a filter, which is the last thing that hides something.
void Session::go_back() {
  if (!filter_.empty()) set_filter("", false);
}

void Session::change_interval(int direction) {
  const auto* place = std::lower_bound(Intervals.begin(), Intervals.end(), wish_.interval);
  if (direction > 0 && place != Intervals.end() && *place == wish_.interval) ++place;
  if (direction < 0 && place == Intervals.begin()) return;
  if (direction < 0) --place;
  if (place == Intervals.end()) return;
  wish_.interval = *place;
  set_wish_changed();
}

void Session::open_order_menu() {
  const Table* const table = active().view.table();
  if (table == nullptr) return;
  std::vector<std::string> titles;
  std::size_t chosen = 0;
  for (const sockutils::Field* const column : table->columns) {
    if (column == active().view.order().field) chosen = titles.size();
    titles.push_back(std::string(column->name));
  }
  open_menu(
      "sort by", std::move(titles),
      [this](std::size_t place) {
        const Table* const now = active().view.table();
        if (now == nullptr || place >= now->columns.size()) return;
        active().view.set_order({now->columns[place], descends_first(*now->columns[place])});
      },
      chosen);
}

void Session::open_menu(std::string title, std::vector<std::string> choices,
                        std::function<void(std::size_t)> chosen, std::size_t cursor) {
  menu_.emplace(std::move(title), std::move(choices), cursor);
  menu_chosen_ = std::move(chosen);
}

void Session::shift_order(int direction) {
  const Table* const table = active().view.table();
  if (table == nullptr || table->columns.empty()) return;
  const auto& columns = table->columns;
  const auto found = std::find(columns.begin(), columns.end(), active().view.order().field);
  const std::size_t count = columns.size();
  const auto at = static_cast<std::size_t>(found - columns.begin());
  const std::size_t next = found == columns.end() ? 0
                           : direction > 0        ? (at + 1) % count
                                                  : (at + count - 1) % count;
  active().view.set_order({columns[next], descends_first(*columns[next])});
}

void Session::handle_menu(const Key& key) {
  const auto outcome = menu_->handle(key);
  if (outcome == Menu::Outcome::Open) return;
  const std::size_t chosen = menu_->chosen();
  menu_.reset();
  if (outcome == Menu::Outcome::GivenUp) deeds_.let_go();
  // It may open another one.
  const auto act = std::exchange(menu_chosen_, nullptr);
  if (outcome == Menu::Outcome::Chosen) act(chosen);
}

Session::Request Session::handle_page(const Key& key) {
  if (page_->handle(key)) return Request::None;
  const auto action = action_of(key);
  if (action == Action::Redraw) return Request::Redraw;
  if (action == Action::Suspend) return Request::Suspend;
  // Whoever opened it, and whoever wants to leave, leaves it; only Ctrl-C leaves all.
  const bool leaves =
      action == Action::Back || action == Action::Quit || action == Action::Enter || action == Action::Help;
  if (key == control_key('c')) return Request::Quit;
  if (!leaves) return Request::None;
  page_.reset();
  if (std::exchange(page_is_details_, false)) {
    wish_.detail.reset();
    details_.reset();
    detailed_.reset();
    set_wish_changed();
  }
  return Request::None;
}

void Session::handle_click(const Key& key, Clock::time_point now) {
  message_.clear();
  if (key.y == 0) {
    for (std::size_t i = 0; i < tab_ends_.size(); ++i)
      if (key.x >= tab_ends_[i].first && key.x < tab_ends_[i].second) return go_to_pane(i, now);
    return;
  }
  if (key.y < table_area_.y || key.y >= table_area_.y + table_area_.height) return;
  TableView& view = active().view;
  if (key.y == table_area_.y) {
    const sockutils::Field* const column = view.column_at(key.x);
    if (column == nullptr) return;
    if (column == view.order().field) return view.reverse();
    return view.set_order({column, descends_first(*column)});
  }
  view.click(key.y - table_area_.y, now);
}

void Session::open_prompt(Asking what) {
  asking_ = what;
  filter_before_ = filter_;
  if (what == Asking::Filter) prompt_.emplace("filter: ", filter_, filter_history_);
  if (what == Asking::Columns) {
    std::string names;
    for (const sockutils::Field* const column : wish_.columns)
      names += (names.empty() ? "" : ",") + std::string(column->name);
    prompt_.emplace("columns: ", names, PromptHistory());
  }
  if (what == Asking::Export) prompt_.emplace("write to (.csv or .json): ", "sockmon.csv", PromptHistory());
  if (what == Asking::FilterName) prompt_.emplace("save the filter as: ", "", PromptHistory());
  if (what == Asking::Place) prompt_.emplace("go to (1:30, #12, 50%): ", "", PromptHistory());
  if (what == Asking::Search) prompt_.emplace("search: ", std::string(), search_history_);
}

void Session::handle_prompt(const Key& key, Clock::time_point now) {
  const auto outcome = prompt_->handle(key);
  const std::string text = prompt_->text();
  const bool filters = asking_ == Asking::Filter;
  if (outcome == Prompt::Outcome::Changed) {
    if (filters) {
      edit_filter(text);
    } else if (asking_ == Asking::Search) {
      search_ = text;
      if (!text.empty()) search(true, false, now);
    }
  }
  if (outcome == Prompt::Outcome::GivenUp) {
    prompt_.reset();
    if (filters && filter_ != filter_before_) set_filter(filter_before_, false);
  }
  if (outcome != Prompt::Outcome::Accepted) return;
  if (accept_prompt(text)) prompt_.reset();
}

/// False when there is something wrong with the text.
bool Session::accept_prompt(const std::string& text) {
  if (asking_ == Asking::Filter && !set_filter(text, true)) return false;
  if (asking_ == Asking::Columns) return set_columns(text);
  if (asking_ == Asking::Place) return text.empty() || go_to_place(text);
  if (asking_ == Asking::FilterName && !text.empty()) save_filter(text);
  if (asking_ == Asking::Filter) filter_history_.add(text);
  if (asking_ == Asking::Search) search_history_.add(text);
  if (asking_ == Asking::Export && !text.empty()) write_table(text);
  return true;
}

bool Session::set_columns(const std::string& text) {
  auto columns = parse_columns(text, usual_columns());
  if (!columns) {
    prompt_->set_fault(Prompt::Fault{text.size(), 0, columns.error()});
    return false;
  }
  wish_.columns = *std::move(columns);
  ++wish_.version;
  set_wish_changed();
  return true;
}

Settings Session::settings_now() const {
  Settings now = begun_;
  now.interval = wish_.interval;
  now.columns = wish_.columns;
  now.by_container = wish_.containers;
  now.pane = active_;
  now.filters = saved_filters_;
  now.forgotten_filters = forgotten_filters_;
  const sockutils::SortKey& order = panes_.front().view.order();
  const sockutils::SortKey usual = begun_.order.value_or(panes_.front().pane->usual_order());
  if (order.field != usual.field || order.descending != usual.descending) now.order = order;
  return now;
}

/// As it is typed: what is whole takes effect at once, what is not is said beside it.
void Session::edit_filter(const std::string& text) { set_filter(text, false); }

/// While something is typed, nobody waits for a name server.
sockutils::FilterNames Session::names(bool with_hosts) const {
  if (recording_) return recording_->filter_names();
  sockutils::FilterNames names = sockutils::system_filter_names();
  if (!with_hosts) names.host = nullptr;
  return names;
}

bool Session::set_filter(const std::string& text, bool with_hosts) {
  const auto filter = sockutils::Filter::parse(text, names(with_hosts));
  if (!filter) {
    if (prompt_) {
      std::string message = filter.error().message;
      if (!filter.error().suggestion.empty()) message += ", did you mean " + filter.error().suggestion + "?";
      prompt_->set_fault(Prompt::Fault{filter.error().position, filter.error().length, std::move(message)});
    }
    return false;
  }
  if (prompt_) prompt_->set_fault(std::nullopt);
  filter_ = text;
  wish_.query.filter = base_filter_ && *filter;
  static const sockutils::StateSet every = sockutils::StateSet::all();
  const bool listens = !wish_.query.states.contains(sockutils::State::Established);
  wish_.query.states = listens ? sockutils::ListeningStates : states_of(*filter, every);
  ++wish_.version;
  set_wish_changed();
  return true;
}

void Session::search(bool from_here, bool backwards, Clock::time_point now) {
  const bool found = active().view.search(search_, from_here, backwards, now);
  message_ = found ? "" : "nothing here shows '" + sockutils::escape_text(search_) + "'";
}

}  // namespace tui
