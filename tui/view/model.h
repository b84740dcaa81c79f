/// The state that all views share.
#pragma once

#include <memory>
#include <string>

#include "tui/collect/frame_source.h"
#include "tui/view/symbols.h"

namespace tui {

struct Model {
  /// The request to the source of frames, and whether that has to be told of a change.
  ViewRequest request;
  bool request_changed = false;
  /// Null before the first frame.
  std::shared_ptr<const Frame> frame;
  /// The details for `request.detail`; null before there are any.
  std::shared_ptr<const Details> details;
  Symbols symbols;
  /// The user's filter, in addition to that of the command line.
  std::string filter;
  /// The result of the last key.
  std::string message;
  /// The live view is paused.
  bool paused = false;
  /// The width of the screen when it was last drawn.
  std::size_t screen_width = 80;
  /// When the last key or frame arrived.
  Clock::time_point now{};

  /// The query or the columns have changed.
  void look_anew() {
    ++request.version;
    request_changed = true;
  }
};

}  // namespace tui
