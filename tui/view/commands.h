/// Commands and their keys: one table for the program, its help and its man page.
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

/// Where a command is available: always, in a recording only, or only when actions are permitted. Else it is
/// refused with a reason.
enum class When : std::uint8_t { Always, Replaying, MayAct };

struct Command {
  std::vector<Key> keys;
  std::string_view group;
  std::string_view help;
  void (*act)(Desk& desk);
  struct Rules {
    When when = When::Always;
    /// Whether it also works while something lies over the panes that does not use its key.
    bool everywhere = false;
    /// Its effect on a page: scrolling or closing it.
    void (Page::*scroll)() = nullptr;
    bool closes_page = false;
  };
  Rules rules = {};
};

/// In the order of the help.
std::span<const Command> commands();

/// Null: the key has no command.
const Command* command_of(const Key& key);

/// `Up, k`: the keys of a command.
std::string names_of(const Command& command);

}  // namespace tui
