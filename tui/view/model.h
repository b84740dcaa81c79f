/// What the views show and change: one for all of them.
#pragma once

#include <memory>
#include <string>

#include "tui/collect/frame_source.h"
#include "tui/view/symbols.h"

namespace tui {

struct Model {
  /// What the source of frames is asked for, and whether it has yet to be told.
  ViewRequest request;
  bool request_changed = false;
  /// Null before there is one.
  std::shared_ptr<const Frame> frame;
  /// Of `request.detail`; null before there are any.
  std::shared_ptr<const Details> details;
  Symbols symbols;
  /// The filter of the user, beside that of the command line.
  std::string filter;
  /// What came of the last key.
  std::string message;
  /// The live view stands still.
  bool paused = false;
  /// Of the screen as it was drawn last.
  std::size_t screen_width = 80;
  /// When the last key or frame came.
  Clock::time_point now{};

  /// The query or the columns are others.
  void look_anew() {
    ++request.version;
    request_changed = true;
  }
};

}  // namespace tui
