#include "tui/view/key_table.h"

#include <algorithm>

namespace tui {
namespace {

constexpr std::string_view Moving = "Moving";
constexpr std::string_view Finding = "Finding";
constexpr std::string_view Looking = "Looking";
constexpr std::string_view Acting = "Acting";
constexpr std::string_view Playing = "Playing a recording";
constexpr std::string_view Program = "Program";

constexpr Key key(char c) { return character_key(static_cast<char32_t>(c)); }
constexpr Key function_key(unsigned number) { return {KeyKind::Function, number}; }

std::vector<Key> digits() {
  std::vector<Key> keys;
  for (char c = '1'; c <= '9'; ++c) keys.push_back(key(c));
  return keys;
}

}  // namespace

std::span<const KeyBinding> key_table() {
  static const std::vector<KeyBinding> table{
      {Action::Up, {{KeyKind::Up}, key('k')}, Moving, "up"},
      {Action::Down, {{KeyKind::Down}, key('j')}, Moving, "down"},
      {Action::PageUp, {{KeyKind::PageUp}, control_key('b')}, Moving, "a page up"},
      {Action::PageDown, {{KeyKind::PageDown}, control_key('f')}, Moving, "a page down"},
      {Action::First, {{KeyKind::Home}, key('g')}, Moving, "first row"},
      {Action::Last, {{KeyKind::End}, key('G')}, Moving, "last row"},
      {Action::ColumnsLeft, {{KeyKind::Left}, key('h')}, Moving, "a column to the left"},
      {Action::ColumnsRight, {{KeyKind::Right}, key('l')}, Moving, "a column to the right"},
      {Action::NextPane, {{KeyKind::Tab}}, Moving, "next pane"},
      {Action::PreviousPane, {{KeyKind::BackTab}}, Moving, "pane before"},
      {Action::PaneByNumber, digits(), Moving, "pane by its number"},
      {Action::Enter, {{KeyKind::Enter}}, Looking, "all about a socket; of a group, its sockets"},
      {Action::Unfold,
       {key('o')},
       Looking,
       "of a group: show its sockets under it; again, or on one of them: hide them"},
      {Action::UnfoldAll, {key('O')}, Looking, "the same for every group"},
      {Action::ByContainer, {key('C')}, Looking, "processes under their containers; again: side by side"},
      {Action::Back, {{KeyKind::Escape}}, Looking, "back; in the table, takes the filter away"},
      {Action::ChooseOrder, {key('s'), function_key(6)}, Looking, "sort by a column"},
      {Action::Columns, {key('c')}, Looking, "columns of the sockets: which, and in which order"},
      {Action::OrderLeft, {key('<')}, Looking, "sort by the column to the left"},
      {Action::OrderRight, {key('>')}, Looking, "sort by the column to the right"},
      {Action::Reverse, {key('r')}, Looking, "reverse the order"},
      {Action::Freeze, {key('z')}, Looking, "freeze: rows keep their places; again: they move"},
      {Action::Pause, {key('p')}, Looking, "pause the view, not the collecting; again: go on"},
      {Action::Slower, {key('+')}, Looking, "longer between two looks; of a recording: faster"},
      {Action::Faster, {key('-')}, Looking, "shorter between two looks; of a recording: slower"},
      {Action::Search, {key('/')}, Finding, "search: moves to a row that shows the text"},
      {Action::SearchNext, {key('n')}, Finding, "next row that shows it"},
      {Action::SearchPrevious, {key('N')}, Finding, "row before that shows it"},
      {Action::Filter, {key('\\'), key('f')}, Finding, "filter: leaves rows out, in the language of sockls"},
      {Action::SavedFilter,
       {key('F')},
       Finding,
       "filter: one of those that were saved, or in the configuration"},
      {Action::SaveFilter, {key('W')}, Finding, "filter: save it under a name"},
      {Action::ForgetFilter, {key('D')}, Finding, "filter: delete one that was saved, after asking"},
      {Action::Tag, {key(' ')}, Acting, "tag the row, and go to the next; again: untag it"},
      {Action::Untag, {key('U')}, Acting, "untag all rows"},
      {Action::CloseSocket,
       {key('K'), function_key(9)},
       Acting,
       "close the socket, or all that are tagged, after asking"},
      {Action::SignalProcess,
       {key('S')},
       Acting,
       "signal the process that holds it, or those of all that are tagged, after asking"},
      {Action::Export, {key('x')}, Acting, "write the table, or its tagged rows, to a file, as CSV or JSON"},
      {Action::StepBack, {key(',')}, Playing, "the snapshot before, and pause"},
      {Action::StepForward, {key('.')}, Playing, "the next snapshot, and pause"},
      {Action::FarBack, {key('[')}, Playing, "ten snapshots back"},
      {Action::FarForward, {key(']')}, Playing, "ten snapshots on"},
      {Action::PlayFirst, {key('{')}, Playing, "its beginning"},
      {Action::PlayLast, {key('}')}, Playing, "its end"},
      {Action::GoTo, {key('t')}, Playing, "go to a time, a snapshot or a part"},
      {Action::Help, {key('?'), function_key(1)}, Program, "this help"},
      {Action::Redraw, {control_key('l')}, Program, "draw everything anew"},
      {Action::Suspend, {control_key('z')}, Program, "suspend"},
      {Action::Quit, {key('q'), control_key('c'), function_key(10)}, Program, "quit"},
  };
  return table;
}

std::optional<Action> action_of(const Key& pressed) {
  for (const KeyBinding& binding : key_table())
    if (std::find(binding.keys.begin(), binding.keys.end(), pressed) != binding.keys.end())
      return binding.action;
  return std::nullopt;
}

std::string names_of(const KeyBinding& binding) {
  const auto& keys = binding.keys;
  if (keys.size() > 3) return name(keys.front()) + "-" + name(keys.back());
  std::string text;
  for (const Key& one : keys) text += (text.empty() ? "" : ", ") + name(one);
  return text;
}

}  // namespace tui
