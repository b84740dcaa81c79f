/// Who may come in, and how often somebody is answered. Pure: time is given.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string_view>

#include "sockutils/serve.h"
#include "sockutils/value.h"

namespace sockutils::probe {

/// The network that an address is in: its first bits, the others 0. A v4-mapped address counts as the IPv4
/// address that it stands for.
Address network_of(const Address& address, unsigned bits4, unsigned bits6);

/// Counts connections by where they come from.
class Admission {
 public:
  explicit Admission(const ServerLimits& limits) : limits_(limits) {}
  void set_limits(const ServerLimits& limits) { limits_ = limits; }

  /// Why this one has to go away, or empty: then it is counted until it leaves. Not about the total.
  std::string_view admit(const Address& peer);
  void leave(const Address& peer);
  std::size_t total() const { return total_; }

 private:
  ServerLimits limits_;
  std::size_t total_ = 0;
  std::map<Address, std::size_t> by_address_;
  std::map<Address, std::size_t> by_prefix_;
};

/// How many datagrams an address has answered: a bucket each, which fills with time.
class DatagramBudget {
 public:
  using Clock = std::chrono::steady_clock;
  explicit DatagramBudget(unsigned per_second) : per_second_(per_second) {}
  void set_rate(unsigned per_second) { per_second_ = per_second; }

  bool take(const Address& peer, Clock::time_point now);

 private:
  struct Bucket {
    double tokens;
    Clock::time_point filled;
  };
  double most() const { return 4.0 * per_second_; }

  unsigned per_second_;
  /// Bounded: at its end those that are full again are forgotten, and else everybody waits.
  std::map<Address, Bucket> buckets_;
  Clock::time_point next_sweep_{};
};

}  // namespace sockutils::probe
