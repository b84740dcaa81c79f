#include "probe/engine/host_queue.h"

#include <utility>

namespace sockutils::probe {

bool HostQueue::may_take() const { return has_more() && in_flight_ < pacing_.window(); }

std::optional<Job> HostQueue::take() {
  if (!may_take()) return std::nullopt;
  ++in_flight_;
  // Ports without an answer are retried last: by then the window and the time-out have adapted.
  if (next_ < ports_) return Job{.port_index = next_++};
  const Job job = again_.front();
  again_.pop_front();
  tried_again_ -= job.tries;
  return job;
}

void HostQueue::put_back(const Job& job) {
  --in_flight_;
  again_.push_front(job);
  tried_again_ += job.tries;
}

void HostQueue::was_silent(const Job& job) {
  --in_flight_;
  pacing_.was_silent();
  rest_or_try(job);
}

void HostQueue::rest_or_try(const Job& job) {
  if (job.tries >= pacing_.tries()) return resting_.push_back(job);
  again_.push_back(job);
  tried_again_ += job.tries;
}

double HostQueue::work_done() const {
  const auto begun = static_cast<double>(next_ - again_.size() - in_flight_);
  return begun + static_cast<double>(tried_again_) / pacing_.tries();
}

std::optional<std::vector<Job>> HostQueue::give_up() {
  if (has_more() || in_flight_ > 0) return std::nullopt;
  std::vector<Job> silent;
  for (const Job& job : std::exchange(resting_, {}))
    if (job.tries < pacing_.tries())
      rest_or_try(job);
    else
      silent.push_back(job);
  if (again_.empty()) return silent;
  resting_ = std::move(silent);
  return std::nullopt;
}

}  // namespace sockutils::probe
