/// The ports of one host that are still to be probed.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "probe/engine/pacing.h"

namespace sockutils::probe {

/// One port of one host, and its tries so far.
struct Job {
  std::size_t port_index = 0;
  /// Tries begun.
  unsigned tries = 0;
  std::chrono::microseconds waited{0};
  /// How often this machine lacked a resource.
  unsigned shortages = 0;
  /// How often a connection connected to itself.
  unsigned self_meetings = 0;
};

class HostQueue {
 public:
  HostQueue(std::size_t host_index, std::size_t ports, const Pacing& pacing)
      : host_index_(host_index), ports_(ports), pacing_(pacing) {}

  std::size_t host_index() const { return host_index_; }
  Pacing& pacing() { return pacing_; }

  /// The next job that may start now.
  std::optional<Job> take();
  bool may_take() const;
  /// Returns a taken job without a try.
  void put_back(const Job& job);
  /// The try of a taken job got no answer: the job is tried again, or set aside until the number of tries is
  /// known.
  void was_silent(const Job& job);
  /// A taken job has a result.
  void finished() { --in_flight_; }
  bool is_done() const { return !has_more() && in_flight_ == 0 && resting_.empty(); }
  /// Number of finished ports; those without an answer so far count as fractions.
  double work_done() const;

  /// Once only jobs without an answer are left: queues those again that need more tries and returns the
  /// others. No value while other work is left.
  std::optional<std::vector<Job>> give_up();

 private:
  void rest_or_try(const Job& job);
  bool has_more() const { return next_ < ports_ || !again_.empty(); }

  std::size_t host_index_;
  std::size_t ports_;
  Pacing pacing_;
  std::size_t next_ = 0;
  std::size_t in_flight_ = 0;
  std::deque<Job> again_;
  /// The sum of the tries of the jobs in `again_`.
  std::size_t tried_again_ = 0;
  std::vector<Job> resting_;
};

}  // namespace sockutils::probe
