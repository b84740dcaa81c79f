// How a session plays a recording.

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tui/view/session.h"

namespace tui {
namespace {

/// What the keys for far steps skip.
constexpr std::size_t FarStep = 10;

std::string speed_text(std::size_t speed) {
  char text[24];
  std::snprintf(text, sizeof text, "x%g", Speeds[speed]);
  return text;
}

std::string time_of_day(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const auto day = static_cast<std::uint64_t>(seconds) % 86400;
  char text[32];
  std::snprintf(text, sizeof text, "%02u:%02u:%02u UTC", static_cast<unsigned>(day / 3600),
                static_cast<unsigned>(day / 60 % 60), static_cast<unsigned>(day % 60));
  return text;
}

}  // namespace

/// Where it stands, or will when the jumps that were asked for have been made.
std::size_t Session::play_position() const {
  if (!frame_ || !frame_->replay) return 0;
  const Playback& wanted = wish_.playback;
  const bool on_its_way = frame_->replay->jump != wanted.jump && wanted.place.unit == PlaceWish::Unit::Number;
  return on_its_way ? wanted.place.amount : frame_->replay->position;
}

void Session::jump(const PlaceWish& place) {
  wish_.playback.place = place;
  ++wish_.playback.jump;
  set_wish_changed();
}

void Session::step(int snapshots) {
  const std::size_t count = frame_ && frame_->replay ? frame_->replay->count : 0;
  const std::size_t last = count > 0 ? count - 1 : 0;
  const std::size_t at = play_position();
  const auto far = static_cast<std::size_t>(std::abs(snapshots));
  jump({PlaceWish::Unit::Number, snapshots < 0 ? at - std::min(at, far) : std::min(at + far, last)});
}

void Session::play(Action action) {
  const bool plays = action == Action::StepBack || action == Action::StepForward ||
                     action == Action::FarBack || action == Action::FarForward ||
                     action == Action::PlayFirst || action == Action::PlayLast || action == Action::GoTo;
  if (!plays) return;
  if (!replays_) {
    message_ = "this is the machine as it is now: --replay plays what --record wrote";
    return;
  }
  if (action == Action::StepBack || action == Action::StepForward) {
    wish_.playback.paused = true;
    step(action == Action::StepBack ? -1 : 1);
  }
  if (action == Action::FarBack) step(-static_cast<int>(FarStep));
  if (action == Action::FarForward) step(static_cast<int>(FarStep));
  if (action == Action::PlayFirst) jump({PlaceWish::Unit::Number, 0});
  if (action == Action::PlayLast) jump({PlaceWish::Unit::Percent, 100});
  if (action == Action::GoTo) open_prompt(Asking::Place);
}

void Session::pause_playing() {
  wish_.playback.paused = !wish_.playback.paused;
  set_wish_changed();
}

void Session::change_speed(int direction) {
  std::size_t& speed = wish_.playback.speed;
  if (direction > 0 && speed + 1 < Speeds.size()) ++speed;
  if (direction < 0 && speed > 0) --speed;
  set_wish_changed();
}

/// False when the text is no place.
bool Session::go_to_place(const std::string& text) {
  const auto place = parse_place(text);
  if (!place) {
    prompt_->set_fault(Prompt::Fault{0, text.size(), "seconds, m:ss, h:mm:ss, #12 or 50%"});
    return false;
  }
  jump(*place);
  return true;
}

/// `12:00:05 UTC  1:30/5:00  #91/301  x2`.
std::vector<std::string> Session::play_flags() const {
  std::vector<std::string> flags;
  if (wish_.playback.paused) flags.emplace_back("PAUSED");
  if (panes_[active_].view.frozen()) flags.emplace_back("FROZEN");
  if (!frame_ || !frame_->replay) return flags;
  if (!frame_->failure.empty()) flags.emplace_back("FAILED");
  const ReplayPlace& place = *frame_->replay;
  flags.push_back(time_of_day(frame_->wall));
  flags.push_back(clock_text(place.elapsed) + "/" + clock_text(place.length));
  flags.push_back("#" + std::to_string(place.position + 1) + "/" + std::to_string(place.count));
  flags.push_back(speed_text(wish_.playback.speed));
  return flags;
}

}  // namespace tui
