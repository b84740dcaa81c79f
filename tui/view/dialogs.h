/// Questions, menus, lines that are typed and pages, which say what came of them to whoever opened them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tui/view/menu.h"
#include "tui/view/page.h"
#include "tui/view/prompt.h"
#include "tui/view/view.h"

namespace tui {

/// A question of yes or no, in a box over the table. Only `y` is a yes.
class ConfirmDialog final : public View {
 public:
  /// `lines` say what will be done, and to what, in full; they are safe for a terminal.
  ConfirmDialog(std::vector<std::string> lines, std::function<void()> yes, std::function<void()> no)
      : lines_(std::move(lines)), yes_(std::move(yes)), no_(std::move(no)) {}

  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;

 private:
  std::vector<std::string> lines_;
  std::function<void()> yes_;
  std::function<void()> no_;
};

class MenuDialog final : public View {
 public:
  /// Which of the choices; the menu is still there, and below whatever this opens.
  using Choose = std::function<void(std::size_t)>;

  MenuDialog(
      Menu menu, Choose choose, std::function<void()> give_up = [] {})
      : menu_(std::move(menu)), choose_(std::move(choose)), give_up_(std::move(give_up)) {}

  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override { menu_.draw(grid); }

 private:
  Menu menu_;
  Choose choose_;
  std::function<void()> give_up_;
};

/// A line that is typed, at the bottom of the screen.
class PromptDialog final : public View {
 public:
  using Fault = std::optional<Prompt::Fault>;
  /// What is wrong with the text, if anything is.
  using Check = std::function<Fault(const std::string& text)>;

  /// A text with a fault is not accepted. The others may be left out.
  PromptDialog(
      Prompt prompt, Check accept, Check change = {}, std::function<void()> give_up = [] {})
      : prompt_(std::move(prompt)),
        accept_(std::move(accept)),
        change_(std::move(change)),
        give_up_(std::move(give_up)) {}

  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;
  Cursor cursor() const override { return cursor_; }
  bool takes_last_line() const override { return true; }

 private:
  Prompt prompt_;
  Check accept_;
  Check change_;
  std::function<void()> give_up_;
  Cursor cursor_;
};

/// A page over all of the screen.
class PageView final : public View {
 public:
  /// Makes title and lines anew, each time that it is drawn.
  using Fill = std::function<void(Page& page)>;

  explicit PageView(
      Fill fill, std::function<void()> close = [] {})
      : fill_(std::move(fill)), close_(std::move(close)) {
    // Keys that come before it is drawn may scroll it.
    fill_(page_);
  }

  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;
  bool covers_all() const override { return true; }

 private:
  Page page_{{}};
  Fill fill_;
  std::function<void()> close_;
};

}  // namespace tui
