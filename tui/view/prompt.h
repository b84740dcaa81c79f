/// A line editor.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tui/view/view.h"

namespace tui {

/// Lines entered earlier, the latest last.
class PromptHistory {
 public:
  void add(const std::string& line);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

/// At the bottom of the screen.
class Prompt final : public View {
 public:
  /// What is wrong with the text, and where; shown beside it.
  struct Fault {
    std::size_t position = 0;
    std::size_t length = 0;
    std::string message;
  };
  /// No value: the text is valid.
  using Verdict = std::optional<Fault>;
  using Check = std::function<Verdict(const std::string& text)>;

  /// A text in which `accept` finds a fault is not accepted. Each function may be empty.
  Prompt(std::string label, std::string text, const PromptHistory& history, Check accept = {},
         Check change = {}, std::function<void()> give_up = {});

  Outcome handle(const Key& key) override;
  const std::string& text() const { return text_; }

  void set_fault(Verdict fault) { fault_ = std::move(fault); }

  void draw(Grid& grid) override;
  /// Draws one line and returns the column of the cursor.
  std::size_t draw(Grid& grid, std::size_t y) const;
  Cursor cursor() const override { return drawn_cursor_; }
  bool takes_last_line() const override { return true; }

 private:
  Outcome edit_or_leave(const Key& key);
  Outcome edit(const Key& key);
  Outcome edit_by_control(char letter);
  Outcome recall(int direction);
  void erase(std::size_t from, std::size_t to);

  std::string label_;
  std::string text_;
  /// The text being edited, while earlier lines are shown.
  std::string draft_;
  std::size_t cursor_;
  std::vector<std::string> history_;
  std::size_t recalled_;
  Verdict fault_;
  Check accept_;
  Check change_;
  std::function<void()> give_up_;
  Cursor drawn_cursor_;
};

}  // namespace tui
