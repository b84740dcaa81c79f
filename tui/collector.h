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

#include "sockutils/query.h"
#include "tui/details.h"
#include "tui/frame.h"

namespace tui {

/// What to look at.
struct Wish {
  /// Kinds, states, namespaces, sources; its fields are chosen by the collector.
  sockutils::Query query;
  Fields columns;
  std::chrono::milliseconds interval{1000};
  /// Where that is allowed.
  bool count_packets = true;
  /// The socket of which everything is wanted.
  std::optional<DetailTarget> detail;
  /// Another number: the query or the columns have changed.
  std::uint64_t version = 0;
};

/// Every call may come from any one thread; none of them waits for the machine but the destructor.
class Collector {
 public:
  /// `notify` is called on the collector's thread whenever there is something new.
  Collector(Wish wish, std::function<void()> notify);
  /// Waits for the look that is being taken.
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  void set_wish(const Wish& wish);
  /// The last one; null before there is any.
  std::shared_ptr<const Frame> frame() const;
  /// What is known of the socket that was last wished for, or null.
  std::shared_ptr<const Details> details() const;

 private:
  class Work;

  Wish wish() const;
  void publish(std::shared_ptr<const Frame> frame);
  void publish(std::shared_ptr<const Details> details);
  void wake();
  void pause_for(std::chrono::milliseconds time);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Wish wish_;
  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const Details> details_;
  std::atomic<bool> stopping_ = false;
  std::function<void()> notify_;
  std::thread thread_;
};

}  // namespace tui
