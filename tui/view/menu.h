/// A choice from several words, in a box over the table.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tui/view/view.h"

namespace tui {

class Menu final : public View {
 public:
  /// `choose` gets the index; what it opens appears above the menu.
  Menu(std::string title, std::vector<std::string> choices, std::size_t chosen,
       std::function<void(std::size_t)> choose = {}, std::function<void()> give_up = {})
      : title_(std::move(title)),
        choices_(std::move(choices)),
        cursor_(chosen),
        choose_(std::move(choose)),
        give_up_(std::move(give_up)) {}

  /// A letter moves to the next choice that begins with it.
  Outcome handle(const Key& key) override;
  std::size_t chosen() const { return cursor_; }
  void draw(Grid& grid) override;

 private:
  void go_to_letter(char32_t letter);

  std::string title_;
  std::vector<std::string> choices_;
  std::size_t cursor_;
  std::function<void(std::size_t)> choose_;
  std::function<void()> give_up_;
  std::size_t top_ = 0;
};

}  // namespace tui
