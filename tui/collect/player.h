/// Plays a recording on a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "tui/collect/frame_source.h"
#include "tui/collect/recording_view.h"

namespace tui {

class Player final : public FrameSource {
 public:
  /// `notify` is called on the player's thread whenever there is a new frame.
  Player(RecordingView view, ViewRequest request, std::function<void()> notify);
  ~Player() override;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  void set_request(const ViewRequest& request) override;
  std::shared_ptr<const Frame> frame() const override;
  std::shared_ptr<const Details> details() const override;

 private:
  struct Playing;

  void run();
  void step(Playing& playing, const ViewRequest& request);
  void show(Playing& playing, const ViewRequest& request);
  void look_at_details(Playing& playing, const ViewRequest& request);
  void wait(Playing& playing, const ViewRequest& request);

  RecordingView view_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ViewRequest request_;
  bool request_changed_ = false;
  bool stopping_ = false;
  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const Details> details_;
  std::function<void()> notify_;
  std::thread thread_;
};

}  // namespace tui
