/// What keys do: one table for the program, its help and its man page.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tui/view/key.h"

namespace tui {

enum class Action : std::uint8_t {
  Up,
  Down,
  PageUp,
  PageDown,
  First,
  Last,
  ColumnsLeft,
  ColumnsRight,
  NextPane,
  PreviousPane,
  PaneByNumber,
  Enter,
  Unfold,
  UnfoldAll,
  ByContainer,
  Back,
  Search,
  SearchNext,
  SearchPrevious,
  Filter,
  SavedFilter,
  SaveFilter,
  ForgetFilter,
  Columns,
  ChooseOrder,
  OrderLeft,
  OrderRight,
  Reverse,
  Freeze,
  Pause,
  Slower,
  Faster,
  Tag,
  Untag,
  CloseSocket,
  SignalProcess,
  Export,
  StepBack,
  StepForward,
  FarBack,
  FarForward,
  PlayFirst,
  PlayLast,
  GoTo,
  Help,
  Redraw,
  Suspend,
  Quit,
};

struct KeyBinding {
  Action action;
  std::vector<Key> keys;
  std::string_view group;
  std::string_view help;
};

/// In the order of the help.
std::span<const KeyBinding> key_table();

std::optional<Action> action_of(const Key& key);

/// `Up, k`: the keys of a binding.
std::string names_of(const KeyBinding& binding);

}  // namespace tui
