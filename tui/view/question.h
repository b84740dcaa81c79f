/// A question of yes or no, in a box over the table.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

/// Only `y` is a yes.
class Question {
 public:
  /// `lines` say what will be done, and to what, in full; they are safe for a terminal.
  Question(std::vector<std::string> lines, std::function<void()> yes, std::function<void()> no)
      : lines_(std::move(lines)), yes_(std::move(yes)), no_(std::move(no)) {}

  void answer(const Key& key) const { (key == character_key(U'y') ? yes_ : no_)(); }
  void draw(Grid& grid) const;

 private:
  std::vector<std::string> lines_;
  std::function<void()> yes_;
  std::function<void()> no_;
};

}  // namespace tui
