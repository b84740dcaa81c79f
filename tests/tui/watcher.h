/// A collector that is watched, for tests of what it adds up.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "support/catch.h"
#include "support/sockets.h"
#include "tui/collect/collector.h"

namespace tui::test {

/// What a collector sees, frame by frame.
class Watcher {
 public:
  explicit Watcher(std::chrono::milliseconds interval = std::chrono::milliseconds(100))
      : Watcher(request_with(interval)) {}
  explicit Watcher(const ViewRequest& request,
                   std::optional<sockutils::RecordingWriter> recorder = std::nullopt)
      : collector_(
            request, [this] { take(); }, std::move(recorder)) {
    ready_ = true;
    sockutils::test::eventually([&] { return frames() > 0; });
  }
  static ViewRequest request_with(std::chrono::milliseconds interval) {
    ViewRequest request;
    request.columns = usual_columns();
    request.interval = interval;
    return request;
  }

  std::size_t frames() {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  std::uint64_t bytes_in() {
    const std::lock_guard lock(mutex_);
    return in_;
  }
  std::uint64_t bytes_out() {
    const std::lock_guard lock(mutex_);
    return out_;
  }
  std::size_t closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t opened() {
    const std::lock_guard lock(mutex_);
    return opened_;
  }
  /// The sum over all rows and frames of rate times time.
  double rated_in() {
    const std::lock_guard lock(mutex_);
    return rated_in_;
  }
  /// What packets said up to now.
  PacketAccount packets() {
    const std::lock_guard lock(mutex_);
    return packets_;
  }
  std::shared_ptr<const Frame> frame() const { return collector_.frame(); }
  void let_settle() {
    const std::size_t now = frames();
    REQUIRE(sockutils::test::eventually([&] { return frames() >= now + 3; }, std::chrono::seconds(30)));
  }

 private:
  void take() {
    // The first frame may come before the constructor has ended.
    while (!ready_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto frame = collector_.frame();
    const std::lock_guard lock(mutex_);
    ++count_;
    in_ += frame->totals.change.bytes_in.value_or(0);
    out_ += frame->totals.change.bytes_out.value_or(0);
    add(packets_.claimed, frame->packets.claimed);
    add(packets_.ambiguous, frame->packets.ambiguous);
    add(packets_.unclaimed, frame->packets.unclaimed);
    add(packets_.forwarded, frame->packets.forwarded);
    packets_.counting = frame->packets.counting;
    packets_.lost += frame->packets.lost;
    closed_ += frame->totals.closed;
    opened_ += frame->totals.opened;
    if (!frame->elapsed) return;
    const double seconds = std::chrono::duration<double>(*frame->elapsed).count();
    for (const auto& row : frame->sockets->rows) {
      const auto& socket = static_cast<const SocketRow&>(*row);
      if (socket.mark != Mark::Closed)
        rated_in_ += static_cast<double>(socket.rates.bytes_in.value_or(0)) * seconds;
    }
  }

  static void add(PacketAccount::Sum& sum, const PacketAccount::Sum& more) {
    sum.in += more.in;
    sum.out += more.out;
  }

  std::atomic<bool> ready_ = false;
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::size_t opened_ = 0;
  std::size_t closed_ = 0;
  double rated_in_ = 0;
  PacketAccount packets_;
  Collector collector_;
};

inline bool within(double value, double wanted, double part) {
  return value >= wanted * (1 - part) && value <= wanted * (1 + part);
}

}  // namespace tui::test
