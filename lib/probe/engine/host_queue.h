/// What is left to ask of one host.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "probe/engine/pacing.h"

namespace sockutils::probe {

/// One port of one host, and what came of it so far.
struct Job {
  std::size_t port_index = 0;
  /// Tries that were begun.
  unsigned tries = 0;
  std::chrono::microseconds waited{0};
  /// How often this machine lacked something.
  unsigned shortages = 0;
  /// How often a connection met itself.
  unsigned self_meetings = 0;
};

class HostQueue {
 public:
  HostQueue(std::size_t host_index, std::size_t ports, const Pacing& pacing)
      : host_index_(host_index), ports_(ports), pacing_(pacing) {}

  std::size_t host_index() const { return host_index_; }
  Pacing& pacing() { return pacing_; }

  /// The next job that may begin now.
  std::optional<Job> take();
  bool may_take() const;
  /// A job that was taken comes back.
  void put_back(const Job& job);
  /// A job that was taken was in vain: it is tried again, or rests until it is known how often is enough.
  void was_silent(const Job& job);
  /// A job that was taken has a result.
  void finished() { --in_flight_; }
  bool is_done() const { return !has_more() && in_flight_ == 0 && resting_.empty(); }
  /// Ports that are done with; those that were silent so far count as parts of one.
  double work_done() const;

  /// Nothing is left but jobs that nobody answered: those that are to be tried once more are queued again,
  /// the others returned. No value as long as there is something else to do.
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
  /// Tries of those in `again_`, together.
  std::size_t tried_again_ = 0;
  std::vector<Job> resting_;
};

}  // namespace sockutils::probe
