/// Dialogs and pages, which report their result to whoever opened them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tui/view/page.h"
#include "tui/view/view.h"

namespace tui {

/// A yes-or-no question in a box over the table. Only `y` means yes.
class ConfirmDialog final : public View {
 public:
  /// `lines` describe the action and its targets in full; they must be safe for a terminal.
  ConfirmDialog(std::vector<std::string> lines, std::function<void()> yes, std::function<void()> no)
      : lines_(std::move(lines)), yes_(std::move(yes)), no_(std::move(no)) {}

  Outcome handle(const Key& key) override;
  void draw(Grid& grid) override;

 private:
  std::vector<std::string> lines_;
  std::function<void()> yes_;
  std::function<void()> no_;
};

/// A page that covers the whole screen.
class PageView final : public View {
 public:
  /// Makes title and lines before each drawing.
  using Fill = std::function<void(Page& page)>;

  explicit PageView(
      Fill fill, std::function<void()> close = [] {})
      : fill_(std::move(fill)), close_(std::move(close)) {
    // It may be scrolled by keys before it is first drawn.
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
