/// A long, narrow line that loses packets, between two network namespaces: what netem does, where the kernel
/// has it, and without it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/unique_fd.h"

namespace sockutils::test {

/// Each way for itself.
struct LinkQuality {
  /// Of each packet to be lost, 0 to 1.
  double loss = 0;
  std::chrono::microseconds delay{0};
  /// Up to so much more, at random: packets overtake each other.
  std::chrono::microseconds jitter{0};
  /// 0: as fast as it goes.
  double bits_per_second = 0;
  /// Packets that wait for their turn; those that find it full are lost as well.
  std::size_t queue = 1000;
  unsigned seed = 1;
};

class SlowLink {
 public:
  /// An interface `slow0` in the networks of both processes, with 10.9.0.1/24 in the one of `near` and
  /// 10.9.0.2/24 in that of `far`. Throws what the system refuses.
  SlowLink(pid_t near, pid_t far, const LinkQuality& quality);
  ~SlowLink();
  SlowLink(const SlowLink&) = delete;
  SlowLink& operator=(const SlowLink&) = delete;

  std::size_t passed() const { return passed_; }
  std::size_t lost() const { return lost_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Packet {
    Clock::time_point arrives;
    std::string bytes;
    friend bool operator<(const Packet& a, const Packet& b) { return a.arrives > b.arrives; }
  };
  /// Packets that are on their way from one end.
  struct Way {
    UniqueFd end;
    std::priority_queue<Packet> packets;
    Clock::time_point free_from{};
  };

  void relay();
  void take_in(Way& way);
  void deliver(Way& from, const Way& to);
  int milliseconds_to_wait() const;

  LinkQuality quality_;
  std::mt19937 random_;
  Way near_;
  Way far_;
  UniqueFd stop_;
  std::atomic<std::size_t> passed_{0};
  std::atomic<std::size_t> lost_{0};
  std::thread thread_;
};

}  // namespace sockutils::test
