#include "tui/view/playback_commands.h"

#include <algorithm>
#include <cstdlib>

#include "tui/view/desk.h"
#include "tui/view/prompt.h"

namespace tui {
namespace {

/// The position, or the position after the requested jumps.
std::size_t position(const Desk& desk) {
  if (!desk.model.frame || !desk.model.frame->replay) return 0;
  const Playback& wanted = desk.model.request.playback;
  const bool on_its_way =
      desk.model.frame->replay->jump != wanted.jump && wanted.place.unit == PlaceWish::Unit::Number;
  return on_its_way ? wanted.place.amount : desk.model.frame->replay->position;
}

void jump(Desk& desk, const PlaceWish& place) {
  desk.model.request.playback.place = place;
  ++desk.model.request.playback.jump;
  desk.model.request_changed = true;
}

}  // namespace

void go_to_first(Desk& desk) { jump(desk, {PlaceWish::Unit::Number, 0}); }
void go_to_last(Desk& desk) { jump(desk, {PlaceWish::Unit::Percent, 100}); }

void step(Desk& desk, int snapshots) {
  const std::size_t count =
      desk.model.frame && desk.model.frame->replay ? desk.model.frame->replay->count : 0;
  const std::size_t last = count > 0 ? count - 1 : 0;
  const std::size_t at = position(desk);
  const auto far = static_cast<std::size_t>(std::abs(snapshots));
  jump(desk, {PlaceWish::Unit::Number, snapshots < 0 ? at - std::min(at, far) : std::min(at + far, last)});
}

void pause_and_step(Desk& desk, int snapshots) {
  desk.model.request.playback.paused = true;
  step(desk, snapshots);
}

void toggle_playing(Desk& desk) {
  desk.model.request.playback.paused = !desk.model.request.playback.paused;
  desk.model.request_changed = true;
}

void change_speed(Desk& desk, int direction) {
  std::size_t& speed = desk.model.request.playback.speed;
  if (direction > 0 && speed + 1 < Speeds.size()) ++speed;
  if (direction < 0 && speed > 0) --speed;
  desk.model.request_changed = true;
}

void ask_for_place(Desk& desk) {
  const auto accept = [&desk](const std::string& text) -> Prompt::Verdict {
    if (text.empty()) return std::nullopt;
    const auto place = parse_place(text);
    if (!place) return Prompt::Fault{0, text.size(), "seconds, m:ss, h:mm:ss, #12 or 50%"};
    jump(desk, *place);
    return std::nullopt;
  };
  desk.views.open<Prompt>("go to (1:30, #12, 50%): ", "", PromptHistory{}, accept);
}

}  // namespace tui
