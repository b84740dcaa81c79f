/// A line that is being typed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

/// Lines that were typed before; the last one last.
class PromptHistory {
 public:
  void add(const std::string& line);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

class Prompt {
 public:
  enum class Outcome : std::uint8_t { Editing, Changed, Accepted, GivenUp };

  Prompt(std::string label, std::string text, const PromptHistory& history);

  Outcome handle(const Key& key);
  const std::string& text() const { return text_; }

  /// What is wrong with the text, and where; shown beside it.
  struct Fault {
    std::size_t position = 0;
    std::size_t length = 0;
    std::string message;
  };
  void set_fault(std::optional<Fault> fault) { fault_ = std::move(fault); }
  const std::optional<Fault>& fault() const { return fault_; }

  /// Draws one line and gives the column of the cursor.
  std::size_t draw(Grid& grid, std::size_t y) const;

 private:
  Outcome edit(const Key& key);
  Outcome edit_by_control(char letter);
  Outcome recall(int direction);
  void erase(std::size_t from, std::size_t to);

  std::string label_;
  std::string text_;
  /// What was typed, while older lines are looked at.
  std::string draft_;
  std::size_t cursor_;
  std::vector<std::string> history_;
  std::size_t recalled_;
  std::optional<Fault> fault_;
};

}  // namespace tui
