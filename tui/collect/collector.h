/// Collects frames of the machine periodically, on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "sockutils/record.h"
#include "tui/collect/frame_source.h"

namespace tui {

class NamespaceWatcher;

class Collector final : public FrameSource {
 public:
  /// `notify` is called on the collector's thread whenever there is a new result. If there is a `recorder`,
  /// each frame is also recorded there as a snapshot.
  Collector(ViewRequest request, std::function<void()> notify,
            std::optional<sockutils::RecordingWriter> recorder = std::nullopt);
  /// Waits for the frame in progress.
  ~Collector() override;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  void set_request(const ViewRequest& request) override;
  std::shared_ptr<const Frame> frame() const override;
  std::shared_ptr<const Details> details() const override;

 private:
  class Work;

  ViewRequest request() const;
  void publish(std::shared_ptr<const Frame> frame);
  void publish(std::shared_ptr<const Details> details);
  void wake();
  void set_watcher(const NamespaceWatcher* watcher);
  void pause_after(const ViewRequest& request);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ViewRequest request_;
  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const Details> details_;
  /// Belongs to the thread; null when that is not running.
  const NamespaceWatcher* watcher_ = nullptr;
  std::atomic<bool> stopping_ = false;
  std::function<void()> notify_;
  /// Only used by the thread.
  std::optional<sockutils::RecordingWriter> recorder_;
  std::thread thread_;
};

}  // namespace tui
