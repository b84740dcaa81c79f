/// The terminal. The one user of curses.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sockutils/error.h"
#include "tui/view/grid.h"
#include "tui/view/key.h"

namespace tui {

/// Takes the terminal on standard input and output, and gives it back as it was: at its end, and when the
/// program crashes. One at a time, for one thread.
class Canvas {
 public:
  struct Options {
    bool colour = true;
    bool mouse = true;
  };

  /// Errors: no terminal, or one of a kind that cannot be drawn on.
  static sockutils::Result<std::unique_ptr<Canvas>> open(const Options& options);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Whether characters beyond ASCII can be shown.
  bool utf8() const;
  std::size_t width() const;
  std::size_t height() const;

  /// Takes on the size that the terminal has now.
  void fit();
  /// Shows `grid`, of this size. Only cells that differ from those shown are written; when none does,
  /// nothing is.
  void show(const Grid& grid, std::optional<std::pair<std::size_t, std::size_t>> cursor = std::nullopt);
  /// Forgets what is shown, so that all is written again.
  void forget();

  /// A key that was pressed; no value when there is none. Does not wait.
  std::optional<Key> read_key();

  /// Gives the terminal back for a while.
  void suspend();
  void resume();

 private:
  Canvas();
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tui
