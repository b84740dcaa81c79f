#include "tui/collect/player.h"

#include <algorithm>
#include <utility>

namespace tui {

namespace {

/// How often to check whether the file has grown.
constexpr std::chrono::milliseconds GrowthEvery{500};

}  // namespace

/// The current position; only used by the thread.
struct Player::Playing {
  std::size_t position = 0;
  bool shown = false;
  bool detail_wanted = false;
  Playback playback;
  std::uint64_t version = 0;
  Fields columns;
  std::optional<DetailTarget> detail;
  /// When this snapshot was shown, or the speed was changed.
  Clock::time_point since{};
};

Player::Player(RecordingView view, ViewRequest request, std::function<void()> notify)
    : view_(std::move(view)),
      request_(std::move(request)),
      notify_(std::move(notify)),
      thread_([this] { run(); }) {}

Player::~Player() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Player::set_request(const ViewRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    request_ = request;
    request_changed_ = true;
  }
  changed_.notify_all();
}

std::shared_ptr<const Frame> Player::frame() const {
  const std::lock_guard lock(mutex_);
  return frame_;
}

std::shared_ptr<const Details> Player::details() const {
  const std::lock_guard lock(mutex_);
  return details_;
}

void Player::run() {
  Playing playing;
  for (;;) {
    ViewRequest request;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      request = request_;
      request_changed_ = false;
    }
    step(playing, request);
    look_at_details(playing, request);
    wait(playing, request);
  }
}

void Player::step(Playing& playing, const ViewRequest& request) {
  const bool jumps = request.playback.jump != playing.playback.jump || !playing.shown;
  const bool other = request.version != playing.version || request.columns != playing.columns;
  const bool goes_on = !request.playback.paused && (playing.playback.paused != request.playback.paused ||
                                                    playing.playback.speed != request.playback.speed);
  playing.playback = request.playback;
  playing.version = request.version;
  playing.columns = request.columns;
  if (goes_on) playing.since = Clock::now();
  if (playing.position + 1 >= view_.size()) view_.refresh();
  if (view_.size() == 0) return;
  if (jumps) playing.position = view_.find(request.playback.place);
  if (jumps || other) return show(playing, request);
  if (request.playback.paused || playing.position + 1 >= view_.size()) return;
  const double played = std::chrono::duration<double, std::micro>(Clock::now() - playing.since).count() *
                        Speeds[request.playback.speed];
  const auto due = view_.elapsed(playing.position) + static_cast<std::uint64_t>(played);
  if (view_.elapsed(playing.position + 1) > due) return;
  // Snapshots that a screen could not show in time are skipped.
  playing.position = std::max(view_.at(due), playing.position + 1);
  show(playing, request);
}

void Player::show(Playing& playing, const ViewRequest& request) {
  playing.shown = true;
  playing.since = Clock::now();
  playing.detail_wanted = true;
  auto frame = std::make_shared<Frame>(view_.show(playing.position, request));
  frame->replay->jump = request.playback.jump;
  {
    const std::lock_guard lock(mutex_);
    frame_ = std::move(frame);
  }
  notify_();
}

void Player::look_at_details(Playing& playing, const ViewRequest& request) {
  const bool other = playing.detail != request.detail;
  playing.detail = request.detail;
  if (!request.detail || (!other && !playing.detail_wanted)) return;
  playing.detail_wanted = false;
  auto details = std::make_shared<const Details>(view_.details(*request.detail, request));
  {
    const std::lock_guard lock(mutex_);
    details_ = std::move(details);
  }
  notify_();
}

/// Waits until the next snapshot is due, the file may have grown, or there is another request.
void Player::wait(Playing& playing, const ViewRequest& request) {
  Clock::duration time = GrowthEvery;
  if (!request.playback.paused && playing.position + 1 < view_.size()) {
    const auto gap = view_.elapsed(playing.position + 1) - view_.elapsed(playing.position);
    const auto scaled = std::chrono::microseconds(
        static_cast<std::int64_t>(static_cast<double>(gap) / Speeds[request.playback.speed]) + 1);
    time = std::max(Clock::duration(0), Clock::duration(scaled) - (Clock::now() - playing.since));
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return stopping_ || request_changed_; });
}

}  // namespace tui
