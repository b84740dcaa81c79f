#include "tui/view/commands.h"

#include <algorithm>

#include "tui/view/pages.h"
#include "tui/view/session.h"

namespace tui {
namespace {

constexpr std::string_view Moving = "Moving";
constexpr std::string_view Finding = "Finding";
constexpr std::string_view Looking = "Looking";
constexpr std::string_view Acting = "Acting";
constexpr std::string_view Playing = "Playing a recording";
constexpr std::string_view Program = "Program";

/// What the keys for far steps skip.
constexpr int FarStep = 10;

constexpr Key key(char c) { return character_key(static_cast<char32_t>(c)); }
constexpr Key function_key(unsigned number) { return {KeyKind::Function, number}; }

std::vector<Key> digits() {
  std::vector<Key> keys;
  for (char c = '1'; c <= '9'; ++c) keys.push_back(key(c));
  return keys;
}

Command on(std::vector<Key> keys, std::string_view group, std::string_view help, void (*act)(Session&),
           Command::Rules rules = {}) {
  return {std::move(keys), group, help, act, rules};
}

}  // namespace

std::span<const Command> commands() {
  using S = Session&;
  static const std::vector<Command> table{
      on({{KeyKind::Up}, key('k')}, Moving, "up", [](S s) { s.panes_.move(-1); }, {.scroll = &Page::up}),
      on({{KeyKind::Down}, key('j')}, Moving, "down", [](S s) { s.panes_.move(1); }, {.scroll = &Page::down}),
      on({{KeyKind::PageUp}, control_key('b')}, Moving, "a page up",
         [](S s) { s.table().move_page(-1, s.model_.now); }, {.scroll = &Page::page_up}),
      on({{KeyKind::PageDown}, control_key('f')}, Moving, "a page down",
         [](S s) { s.table().move_page(1, s.model_.now); }, {.scroll = &Page::page_down}),
      on({{KeyKind::Home}, key('g')}, Moving, "first row", [](S s) { s.table().move_to_first(s.model_.now); },
         {.scroll = &Page::to_first}),
      on({{KeyKind::End}, key('G')}, Moving, "last row", [](S s) { s.table().move_to_last(s.model_.now); },
         {.scroll = &Page::to_last}),
      on({{KeyKind::Left}, key('h')}, Moving, "a column to the left",
         [](S s) { s.table().scroll_columns(-1); }),
      on({{KeyKind::Right}, key('l')}, Moving, "a column to the right",
         [](S s) { s.table().scroll_columns(1); }),
      on({{KeyKind::Tab}}, Moving, "next pane", [](S s) { s.panes_.go_around(1); }),
      on({{KeyKind::BackTab}}, Moving, "pane before", [](S s) { s.panes_.go_around(-1); }),
      on(digits(), Moving, "pane by its number", [](S s) { s.panes_.go_to(s.key_.code - U'1'); }),
      on({{KeyKind::Enter}}, Looking, "all about a socket; of a group, its sockets", [](S s) { s.enter(); },
         {.closes_page = true}),
      on({key('o')}, Looking, "of a group: show its sockets under it; again, or on one of them: hide them",
         [](S s) { s.panes_.toggle_branch(); }),
      on({key('O')}, Looking, "the same for every group", [](S s) { s.panes_.toggle_all_branches(); }),
      on({key('C')}, Looking, "processes under their containers; again: side by side",
         [](S s) { s.panes_.toggle_containers(); }),
      on({{KeyKind::Escape}}, Looking, "back; in the table, takes the filter away",
         [](S s) { s.filters_.clear(); }, {.closes_page = true}),
      on({key('s'), function_key(6)}, Looking, "sort by a column", [](S s) { s.choose_order(); }),
      on({key('c')}, Looking, "columns of the sockets: which, and in which order",
         [](S s) { s.ask_for_columns(); }),
      on({key('<')}, Looking, "sort by the column to the left", [](S s) { s.table().shift_order(-1); }),
      on({key('>')}, Looking, "sort by the column to the right", [](S s) { s.table().shift_order(1); }),
      on({key('r')}, Looking, "reverse the order", [](S s) { s.table().reverse(); }),
      on({key('z')}, Looking, "freeze: rows keep their places; again: they move",
         [](S s) { s.table().freeze(!s.table().frozen()); }),
      on({key('p')}, Looking, "pause the view, not the collecting; again: go on", [](S s) { s.pause(); }),
      on({key('+')}, Looking, "longer between two looks; of a recording: faster",
         [](S s) { s.replays_ ? s.playback_.change_speed(1) : s.change_interval(1); }),
      on({key('-')}, Looking, "shorter between two looks; of a recording: slower",
         [](S s) { s.replays_ ? s.playback_.change_speed(-1) : s.change_interval(-1); }),
      on({key('/')}, Finding, "search: moves to a row that shows the text", [](S s) { s.ask_for_search(); }),
      on({key('n')}, Finding, "next row that shows it", [](S s) { s.search_again(false); }),
      on({key('N')}, Finding, "row before that shows it", [](S s) { s.search_again(true); }),
      on({key('\\'), key('f')}, Finding, "filter: leaves rows out, in the language of sockls",
         [](S s) { s.filters_.ask(); }),
      on({key('F')}, Finding, "filter: one of those that were saved, or in the configuration",
         [](S s) { s.filters_.choose_saved(); }),
      on({key('W')}, Finding, "filter: save it under a name", [](S s) { s.filters_.ask_for_name(); }),
      on({key('D')}, Finding, "filter: delete one that was saved, after asking",
         [](S s) { s.filters_.choose_to_forget(); }),
      on({key(' ')}, Acting, "tag the row, and go to the next; again: untag it", [](S s) { s.panes_.tag(); }),
      on({key('U')}, Acting, "untag all rows", [](S s) { s.table().clear_tags(); }),
      on({key('K'), function_key(9)}, Acting, "close the socket, or all that are tagged, after asking",
         [](S s) { s.actions_.close_sockets(); }, {When::MayAct}),
      on({key('S')}, Acting,
         "signal the process that holds it, or those of all that are tagged, after asking",
         [](S s) { s.actions_.signal_processes(); }, {When::MayAct}),
      on({key('x')}, Acting, "write the table, or its tagged rows, to a file, as CSV or JSON",
         [](S s) { s.actions_.export_table(); }),
      on({key(',')}, Playing, "the snapshot before, and pause", [](S s) { s.playback_.pause_and_step(-1); },
         {When::Replaying}),
      on({key('.')}, Playing, "the next snapshot, and pause", [](S s) { s.playback_.pause_and_step(1); },
         {When::Replaying}),
      on({key('[')}, Playing, "ten snapshots back", [](S s) { s.playback_.step(-FarStep); },
         {When::Replaying}),
      on({key(']')}, Playing, "ten snapshots on", [](S s) { s.playback_.step(FarStep); }, {When::Replaying}),
      on({key('{')}, Playing, "its beginning", [](S s) { s.playback_.go_to_first(); }, {When::Replaying}),
      on({key('}')}, Playing, "its end", [](S s) { s.playback_.go_to_last(); }, {When::Replaying}),
      on({key('t')}, Playing, "go to a time, a snapshot or a part", [](S s) { s.playback_.ask_for_place(); },
         {When::Replaying}),
      on({key('?'), function_key(1)}, Program, "this help", [](S s) { s.views_.push(help_page(s.model_)); },
         {.closes_page = true}),
      on({control_key('l')}, Program, "draw everything anew",
         [](S s) { s.wanted_ = Session::Request::Redraw; }, {.everywhere = true}),
      on({control_key('z')}, Program, "suspend", [](S s) { s.wanted_ = Session::Request::Suspend; },
         {.everywhere = true}),
      on({key('q'), control_key('c'), function_key(10)}, Program, "quit",
         [](S s) { s.wanted_ = Session::Request::Quit; }, {.everywhere = true, .closes_page = true}),
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
