#include "tui/view/playback_controls.h"

#include <algorithm>
#include <cstdlib>

#include "tui/view/dialogs.h"

namespace tui {

/// Where it stands, or will when the jumps that were asked for have been made.
std::size_t PlaybackControls::position() const {
  if (!model_.frame || !model_.frame->replay) return 0;
  const Playback& wanted = model_.request.playback;
  const bool on_its_way =
      model_.frame->replay->jump != wanted.jump && wanted.place.unit == PlaceWish::Unit::Number;
  return on_its_way ? wanted.place.amount : model_.frame->replay->position;
}

void PlaybackControls::jump(const PlaceWish& place) {
  model_.request.playback.place = place;
  ++model_.request.playback.jump;
  model_.request_changed = true;
}

void PlaybackControls::step(int snapshots) {
  const std::size_t count = model_.frame && model_.frame->replay ? model_.frame->replay->count : 0;
  const std::size_t last = count > 0 ? count - 1 : 0;
  const std::size_t at = position();
  const auto far = static_cast<std::size_t>(std::abs(snapshots));
  jump({PlaceWish::Unit::Number, snapshots < 0 ? at - std::min(at, far) : std::min(at + far, last)});
}

void PlaybackControls::pause_and_step(int snapshots) {
  model_.request.playback.paused = true;
  step(snapshots);
}

void PlaybackControls::toggle_pause() {
  model_.request.playback.paused = !model_.request.playback.paused;
  model_.request_changed = true;
}

void PlaybackControls::change_speed(int direction) {
  std::size_t& speed = model_.request.playback.speed;
  if (direction > 0 && speed + 1 < Speeds.size()) ++speed;
  if (direction < 0 && speed > 0) --speed;
  model_.request_changed = true;
}

void PlaybackControls::ask_for_place() {
  const auto accept = [this](const std::string& text) -> PromptDialog::Fault {
    if (text.empty()) return std::nullopt;
    const auto place = parse_place(text);
    if (!place) return Prompt::Fault{0, text.size(), "seconds, m:ss, h:mm:ss, #12 or 50%"};
    jump(*place);
    return std::nullopt;
  };
  views_.open<PromptDialog>(Prompt("go to (1:30, #12, 50%): ", "", {}), accept);
}

}  // namespace tui
