/// How a recording is played.
#pragma once

#include <cstddef>

#include "tui/view/model.h"
#include "tui/view/view.h"

namespace tui {

class PlaybackControls {
 public:
  /// Both have to outlive it.
  PlaybackControls(Model& model, ViewStack& views) : model_(model), views_(views) {}

  void toggle_pause();
  void change_speed(int direction);
  /// Snapshots on, or back when negative.
  void step(int snapshots);
  void pause_and_step(int snapshots);
  void go_to_first() { jump({PlaceWish::Unit::Number, 0}); }
  void go_to_last() { jump({PlaceWish::Unit::Percent, 100}); }
  void ask_for_place();

 private:
  void jump(const PlaceWish& place);
  std::size_t position() const;

  Model& model_;
  ViewStack& views_;
};

}  // namespace tui
