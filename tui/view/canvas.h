/// The terminal; the only user of curses.
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

/// Takes over the terminal on standard input and output, and restores it on destruction and after a crash.
/// Only one at a time, for one thread.
class Canvas {
 public:
  struct Options {
    bool colour = true;
    bool mouse = true;
  };

  /// Errors: not a terminal, or one without cursor addressing.
  static sockutils::Result<std::unique_ptr<Canvas>> open(const Options& options);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// Whether characters beyond ASCII can be shown.
  bool utf8() const;
  std::size_t width() const;
  std::size_t height() const;

  /// Adapts to the current size of the terminal.
  void fit();
  /// Shows `grid`, which must have this size. Only cells that changed are written.
  void show(const Grid& grid, std::optional<std::pair<std::size_t, std::size_t>> cursor = std::nullopt);
  /// Forgets the content of the screen, so that everything is written again.
  void forget();

  /// The next key; no value when there is none. Does not wait.
  std::optional<Key> read_key();

  /// Gives the terminal back temporarily.
  void suspend();
  void resume();

 private:
  Canvas();
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tui
