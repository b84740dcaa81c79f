/// A choice of one out of several words, in a box over the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

class Menu {
 public:
  enum class Outcome : std::uint8_t { Open, Chosen, GivenUp };

  Menu(std::string title, std::vector<std::string> choices, std::size_t chosen)
      : title_(std::move(title)), choices_(std::move(choices)), cursor_(chosen) {}

  /// A letter goes to the next choice that begins with it.
  Outcome handle(const Key& key);
  std::size_t chosen() const { return cursor_; }
  void draw(Grid& grid);

 private:
  void go_to_letter(char32_t letter);

  std::string title_;
  std::vector<std::string> choices_;
  std::size_t cursor_;
  std::size_t top_ = 0;
};

}  // namespace tui
