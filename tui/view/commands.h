/// What keys do: one table for the program, its help and its man page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tui/view/key.h"
#include "tui/view/page.h"

namespace tui {

struct Desk;

/// Where a command is refused, with a reason: nowhere, where nothing is played, where nothing may be changed.
enum class When : std::uint8_t { Always, Replaying, MayAct };

struct Command {
  std::vector<Key> keys;
  std::string_view group;
  std::string_view help;
  void (*act)(Desk& desk);
  struct Rules {
    When when = When::Always;
    /// It acts whatever lies over the panes, as far as that has no use for its keys.
    bool everywhere = false;
    /// What it does to a page: scrolls it, closes it.
    void (Page::*scroll)() = nullptr;
    bool closes_page = false;
  };
  Rules rules = {};
};

/// In the order of the help.
std::span<const Command> commands();

/// Null: the key does nothing.
const Command* command_of(const Key& key);

/// `Up, k`: the keys of a command.
std::string names_of(const Command& command);

}  // namespace tui
