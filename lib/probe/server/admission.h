/// Which clients are admitted, and how many datagrams they get. Pure: the time is a parameter.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string_view>

#include "sockutils/serve.h"
#include "sockutils/value.h"

namespace sockutils::probe {

/// The network of an address: its first bits, with the others set to 0. A v4-mapped address counts as the
/// IPv4 address in it.
Address network_of(const Address& address, unsigned bits4, unsigned bits6);

/// Counts connections by source address and network.
class Admission {
 public:
  explicit Admission(const ServerLimits& limits) : limits_(limits) {}
  void set_limits(const ServerLimits& limits) { limits_ = limits; }

  /// The reason for a refusal, or empty: the connection is then counted until it leaves. Does not check the
  /// total.
  std::string_view admit(const Address& peer);
  void leave(const Address& peer);
  std::size_t total() const { return total_; }

 private:
  ServerLimits limits_;
  std::size_t total_ = 0;
  std::map<Address, std::size_t> by_address_;
  std::map<Address, std::size_t> by_prefix_;
};

/// Limits the answers to each address: a token bucket for each.
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
  /// Of bounded size: when full, entries with full buckets are removed, or else new addresses must wait.
  std::map<Address, Bucket> buckets_;
  Clock::time_point next_sweep_{};
};

}  // namespace sockutils::probe
