#include "tui/view/commands.h"
#include "tui/view/prompt.h"

#include <algorithm>
#include <array>

#include "sockutils/value.h"
#include "tui/view/action_commands.h"
#include "tui/view/desk.h"
#include "tui/view/menu.h"
#include "tui/view/pages.h"
#include "tui/view/playback_commands.h"

namespace tui {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view Moving = "Moving";
constexpr std::string_view Finding = "Finding";
constexpr std::string_view Looking = "Looking";
constexpr std::string_view Acting = "Acting";
constexpr std::string_view Playing = "Playing a recording";
constexpr std::string_view Program = "Program";

/// Number of rows for keys that move far.
constexpr int FarStep = 10;

constexpr Key key(char c) { return character_key(static_cast<char32_t>(c)); }
constexpr Key function_key(unsigned number) { return {KeyKind::Function, number}; }

std::vector<Key> digits() {
  std::vector<Key> keys;
  for (char c = '1'; c <= '9'; ++c) keys.push_back(key(c));
  return keys;
}

constexpr std::array<milliseconds, 11> Intervals{
    milliseconds(100),   milliseconds(200),    milliseconds(500),    milliseconds(1000),
    milliseconds(2000),  milliseconds(5000),   milliseconds(10000),  milliseconds(30000),
    milliseconds(60000), milliseconds(600000), milliseconds(3600000)};

void open_details(Desk& desk, std::shared_ptr<const SocketRow> socket) {
  if (const auto target = target_of(*socket))
    desk.views.push(details_page(desk.model, std::move(socket), *target));
  else
    desk.model.message = "the kernel gives this socket no identity to ask for it by";
}

void enter(Desk& desk) {
  const Pane& pane = desk.panes.pane();
  const TableRow* const row = desk.table().current();
  if (row == nullptr) return;
  const TableRow* const above = desk.table().parent();
  if (auto socket = desk.table().current_socket(); socket && (desk.panes.active() == 0 || above != nullptr))
    return open_details(desk, std::move(socket));
  if (pane.filter_of == nullptr) {
    desk.model.message = "nothing more is known of this";
    return;
  }
  // A row for omitted members stands for its group.
  const bool of_above = above != nullptr && desk.table().current_fold() == Fold::Nothing;
  const auto filter = pane.filter_of(of_above ? *above : *row, *desk.table().table());
  if (!filter)
    desk.model.message = "these sockets have nothing in common that a filter could name";
  else if (!desk.filters.set(*filter, false))
    desk.panes.go_to(0);
}

void pause(Desk& desk) {
  if (desk.replays) return toggle_playing(desk);
  desk.model.paused = !desk.model.paused;
  if (!desk.model.paused && desk.pending) desk.model.frame = std::exchange(desk.pending, nullptr);
  desk.panes.update();
}

void change_interval(Desk& desk, int direction) {
  milliseconds& interval = desk.model.request.interval;
  const auto* place = std::lower_bound(Intervals.begin(), Intervals.end(), interval);
  if (direction > 0 && place != Intervals.end() && *place == interval) ++place;
  if (direction < 0 && place == Intervals.begin()) return;
  if (direction < 0) --place;
  if (place == Intervals.end()) return;
  interval = *place;
  desk.model.request_changed = true;
}

void choose_order(Desk& desk) {
  if (desk.table().table() == nullptr) return;
  const Fields& columns = desk.table().table()->columns;
  std::vector<std::string> names;
  for (const sockutils::Field* const column : columns) names.emplace_back(column->name);
  const auto now = std::find(columns.begin(), columns.end(), desk.table().order().field);
  const auto at = now == columns.end() ? 0 : static_cast<std::size_t>(now - columns.begin());
  desk.views.open<Menu>("sort by", std::move(names), at,
                        [&desk, columns](std::size_t chosen) { desk.table().order_by(*columns[chosen]); });
}

void ask_for_columns(Desk& desk) {
  const auto accept = [&desk](const std::string& text) -> Prompt::Verdict {
    auto columns = parse_columns(text, usual_columns());
    if (!columns) return Prompt::Fault{text.size(), 0, columns.error()};
    desk.model.request.columns = *std::move(columns);
    desk.model.look_anew();
    return std::nullopt;
  };
  desk.views.open<Prompt>("columns: ", names_of(desk.model.request.columns), PromptHistory{}, accept);
}

void search(Desk& desk, bool from_here, bool backwards) {
  const bool found = desk.table().search(desk.search, from_here, backwards, desk.model.now);
  desk.model.message = found ? "" : "nothing here shows '" + sockutils::escape_text(desk.search) + "'";
}

void ask_for_search(Desk& desk) {
  const auto accept = [&desk](const std::string& text) -> Prompt::Verdict {
    desk.search_history.add(text);
    return std::nullopt;
  };
  const auto change = [&desk](const std::string& text) -> Prompt::Verdict {
    desk.search = text;
    if (!text.empty()) search(desk, true, false);
    return std::nullopt;
  };
  desk.views.open<Prompt>("search: ", "", desk.search_history, accept, change);
}

void search_again(Desk& desk, bool backwards) {
  if (!desk.search.empty()) search(desk, false, backwards);
}

Command on(std::vector<Key> keys, std::string_view group, std::string_view help, void (*act)(Desk&),
           Command::Rules rules = {}) {
  return {std::move(keys), group, help, act, rules};
}

}  // namespace

std::span<const Command> commands() {
  using S = Desk&;
  static const std::vector<Command> table{
      on({{KeyKind::Up}, key('k')}, Moving, "up", [](S s) { s.panes.move(-1); }, {.scroll = &Page::up}),
      on({{KeyKind::Down}, key('j')}, Moving, "down", [](S s) { s.panes.move(1); }, {.scroll = &Page::down}),
      on({{KeyKind::PageUp}, control_key('b')}, Moving, "a page up",
         [](S s) { s.table().move_page(-1, s.model.now); }, {.scroll = &Page::page_up}),
      on({{KeyKind::PageDown}, control_key('f')}, Moving, "a page down",
         [](S s) { s.table().move_page(1, s.model.now); }, {.scroll = &Page::page_down}),
      on({{KeyKind::Home}, key('g')}, Moving, "first row", [](S s) { s.table().move_to_first(s.model.now); },
         {.scroll = &Page::to_first}),
      on({{KeyKind::End}, key('G')}, Moving, "last row", [](S s) { s.table().move_to_last(s.model.now); },
         {.scroll = &Page::to_last}),
      on({{KeyKind::Left}, key('h')}, Moving, "a column to the left",
         [](S s) { s.table().scroll_columns(-1); }),
      on({{KeyKind::Right}, key('l')}, Moving, "a column to the right",
         [](S s) { s.table().scroll_columns(1); }),
      on({{KeyKind::Tab}}, Moving, "next pane", [](S s) { s.panes.go_around(1); }),
      on({{KeyKind::BackTab}}, Moving, "pane before", [](S s) { s.panes.go_around(-1); }),
      on(digits(), Moving, "pane by its number", [](S s) { s.panes.go_to(s.key.code - U'1'); }),
      on({{KeyKind::Enter}}, Looking, "all about a socket; of a group, its sockets", [](S s) { enter(s); },
         {.closes_page = true}),
      on({key('o')}, Looking, "of a group: show its sockets under it; again, or on one of them: hide them",
         [](S s) { s.panes.toggle_branch(); }),
      on({key('O')}, Looking, "the same for every group", [](S s) { s.panes.toggle_all_branches(); }),
      on({key('C')}, Looking, "processes under their containers; again: side by side",
         [](S s) { s.panes.toggle_containers(); }),
      on({{KeyKind::Escape}}, Looking, "back; in the table, takes the filter away",
         [](S s) { s.filters.clear(); }, {.closes_page = true}),
      on({key('s'), function_key(6)}, Looking, "sort by a column", [](S s) { choose_order(s); }),
      on({key('c')}, Looking, "columns of the sockets: which, and in which order",
         [](S s) { ask_for_columns(s); }),
      on({key('<')}, Looking, "sort by the column to the left", [](S s) { s.table().shift_order(-1); }),
      on({key('>')}, Looking, "sort by the column to the right", [](S s) { s.table().shift_order(1); }),
      on({key('r')}, Looking, "reverse the order", [](S s) { s.table().reverse(); }),
      on({key('z')}, Looking, "freeze: rows keep their places; again: they move",
         [](S s) { s.table().freeze(!s.table().frozen()); }),
      on({key('p')}, Looking, "pause the view, not the collecting; again: go on", [](S s) { pause(s); }),
      on({key('+')}, Looking, "longer between two looks; of a recording: faster",
         [](S s) { s.replays ? change_speed(s, 1) : change_interval(s, 1); }),
      on({key('-')}, Looking, "shorter between two looks; of a recording: slower",
         [](S s) { s.replays ? change_speed(s, -1) : change_interval(s, -1); }),
      on({key('/')}, Finding, "search: moves to a row that shows the text", [](S s) { ask_for_search(s); }),
      on({key('n')}, Finding, "next row that shows it", [](S s) { search_again(s, false); }),
      on({key('N')}, Finding, "row before that shows it", [](S s) { search_again(s, true); }),
      on({key('\\'), key('f')}, Finding, "filter: leaves rows out, in the language of sockls",
         [](S s) { s.filters.ask(); }),
      on({key('F')}, Finding, "filter: one of those that were saved, or in the configuration",
         [](S s) { s.filters.choose_saved(); }),
      on({key('W')}, Finding, "filter: save it under a name", [](S s) { s.filters.ask_for_name(); }),
      on({key('D')}, Finding, "filter: delete one that was saved, after asking",
         [](S s) { s.filters.choose_to_forget(); }),
      on({key(' ')}, Acting, "tag the row, and go to the next; again: untag it", [](S s) { s.panes.tag(); }),
      on({key('U')}, Acting, "untag all rows", [](S s) { s.table().clear_tags(); }),
      on({key('K'), function_key(9)}, Acting, "close the socket, or all that are tagged, after asking",
         [](S s) { close_sockets(s); }, {When::MayAct}),
      on({key('S')}, Acting,
         "signal the process that holds it, or those of all that are tagged, after asking",
         [](S s) { signal_processes(s); }, {When::MayAct}),
      on({key('x')}, Acting, "write the table, or its tagged rows, to a file, as CSV or JSON",
         [](S s) { export_table(s); }),
      on({key(',')}, Playing, "the snapshot before, and pause", [](S s) { pause_and_step(s, -1); },
         {When::Replaying}),
      on({key('.')}, Playing, "the next snapshot, and pause", [](S s) { pause_and_step(s, 1); },
         {When::Replaying}),
      on({key('[')}, Playing, "ten snapshots back", [](S s) { step(s, -FarStep); }, {When::Replaying}),
      on({key(']')}, Playing, "ten snapshots on", [](S s) { step(s, FarStep); }, {When::Replaying}),
      on({key('{')}, Playing, "its beginning", [](S s) { go_to_first(s); }, {When::Replaying}),
      on({key('}')}, Playing, "its end", [](S s) { go_to_last(s); }, {When::Replaying}),
      on({key('t')}, Playing, "go to a time, a snapshot or a part", [](S s) { ask_for_place(s); },
         {When::Replaying}),
      on({key('?'), function_key(1)}, Program, "this help", [](S s) { s.views.push(help_page(s.model)); },
         {.closes_page = true}),
      on({control_key('l')}, Program, "draw everything anew", [](S s) { s.wanted = SessionRequest::Redraw; },
         {.everywhere = true}),
      on({control_key('z')}, Program, "suspend", [](S s) { s.wanted = SessionRequest::Suspend; },
         {.everywhere = true}),
      on({key('q'), control_key('c'), function_key(10)}, Program, "quit",
         [](S s) { s.wanted = SessionRequest::Quit; }, {.everywhere = true, .closes_page = true}),
  };
  return table;
}

const Command* command_of(const Key& pressed) {
  for (const Command& command : commands())
    if (std::find(command.keys.begin(), command.keys.end(), pressed) != command.keys.end()) return &command;
  return nullptr;
}

std::string names_of(const Command& command) {
  const auto& keys = command.keys;
  if (keys.size() > 3) return name(keys.front()) + "-" + name(keys.back());
  std::string text;
  for (const Key& one : keys) text += (text.empty() ? "" : ", ") + name(one);
  return text;
}

}  // namespace tui
