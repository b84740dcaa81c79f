/// A view on the screen: the panes, or a page, menu, dialog or prompt above them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

class View {
 public:
  enum class Outcome : std::uint8_t { Open, Changed, Chosen, Accepted, GivenUp, Unhandled };
  /// Column and line.
  using Cursor = std::optional<std::pair<std::size_t, std::size_t>>;

  virtual ~View() = default;

  /// A view that was chosen, accepted or given up is closed.
  virtual Outcome handle(const Key& key) = 0;
  virtual void draw(Grid& grid) = 0;
  /// The position of the cursor after `draw()`, while something is typed.
  virtual Cursor cursor() const { return {}; }
  /// Hides everything below.
  virtual bool covers_all() const { return false; }
  virtual bool takes_last_line() const { return false; }
};

/// The topmost view gets the keys, and is closed when it is done.
class ViewStack {
 public:
  /// `bottom` is never closed, and must outlive the stack.
  explicit ViewStack(View& bottom) : bottom_(bottom) {}

  void push(std::unique_ptr<View> view) { above_.push_back(std::move(view)); }
  template <class Dialog, class... Arguments>
  void open(Arguments&&... arguments) {
    push(std::make_unique<Dialog>(std::forward<Arguments>(arguments)...));
  }
  View& top() const { return above_.empty() ? bottom_ : *above_.back(); }
  bool is_bare() const { return above_.empty(); }
  View::Outcome handle(const Key& key);
  void draw(Grid& grid);

 private:
  View& bottom_;
  std::vector<std::unique_ptr<View>> above_;
};

}  // namespace tui
