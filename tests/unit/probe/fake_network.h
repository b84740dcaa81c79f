/// A network that a test invents, with a clock of its own.
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "os/probe_sockets.h"

namespace sockutils::test {

class FakeNetwork final : public ProbeSockets {
 public:
  /// What comes of an attempt, and when; no value: nothing ever.
  struct Reply {
    std::chrono::microseconds after{0};
    Outcome outcome;
  };
  using Answer = std::function<std::optional<Reply>(const FarEnd&)>;

  explicit FakeNetwork(Answer answer) : answer_(std::move(answer)) {}

  std::size_t descriptors = 10'000;
  /// errno values that the next calls of `open()` fail with.
  std::vector<int> refusals;
  std::size_t most_open = 0;
  std::size_t attempts = 0;

  Clock::time_point now() const override { return now_; }
  std::size_t descriptors_left() override { return descriptors; }

  Result<int> open(const FarEnd&, const NearEnd&) override {
    if (!refusals.empty()) {
      const int error = refusals.back();
      refusals.pop_back();
      return tl::unexpected(Error{error, "open", "socket", {}});
    }
    open_[next_] = {};
    most_open = std::max(most_open, open_.size());
    return next_++;
  }

  Outcome connect(int socket, const FarEnd& end) override {
    ++attempts;
    const auto reply = answer_(end);
    if (reply && reply->after.count() == 0) return reply->outcome;
    if (reply) open_[socket] = {now_ + reply->after, reply->outcome, 0};
    return {EINPROGRESS, {}};
  }

  Outcome outcome(int socket) override { return open_.at(socket).outcome; }
  bool met_itself(int) override { return false; }
  void forbid_fragments(int, bool) override {}
  Result<std::size_t> send(int, std::string_view bytes) override { return bytes.size(); }
  Result<std::size_t> receive(int, std::string&, std::size_t) override { return 0; }
  void watch(int socket, std::uint64_t tag, Interest) override { open_.at(socket).tag = tag; }
  void close(int socket) override { open_.erase(socket); }
  void abort(int socket) override { open_.erase(socket); }

  /// Time passes here and nowhere else.
  const std::vector<std::uint64_t>& wait(std::chrono::microseconds limit) override {
    Clock::time_point until = now_ + limit;
    for (const auto& [socket, state] : open_)
      if (state.ready) until = std::min(until, *state.ready);
    now_ = std::max(now_, until);
    ready_.clear();
    for (const auto& [socket, state] : open_)
      if (state.ready && *state.ready <= now_) ready_.push_back(state.tag);
    return ready_;
  }

  bool all_closed() const { return open_.empty(); }

 private:
  struct State {
    std::optional<Clock::time_point> ready;
    Outcome outcome;
    std::uint64_t tag = 0;
  };

  Answer answer_;
  Clock::time_point now_{};
  std::map<int, State> open_;
  int next_ = 3;
  std::vector<std::uint64_t> ready_;
};

}  // namespace sockutils::test
