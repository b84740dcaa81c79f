/// Looks at the machine on a thread of its own, again and again.
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
  /// `notify` is called on the collector's thread whenever there is something new. With each look a snapshot
  /// goes to `recorder`, if there is one.
  Collector(ViewRequest request, std::function<void()> notify,
            std::optional<sockutils::RecordingWriter> recorder = std::nullopt);
  /// Waits for the look that is being taken.
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
  /// The thread's, while there is one.
  const NamespaceWatcher* watcher_ = nullptr;
  std::atomic<bool> stopping_ = false;
  std::function<void()> notify_;
  /// Used by the thread alone.
  std::optional<sockutils::RecordingWriter> recorder_;
  std::thread thread_;
};

}  // namespace tui
