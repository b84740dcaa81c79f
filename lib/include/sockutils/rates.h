/// From counters to rates: what happened to a connection between two looks at it.
///
/// Pure arithmetic: it reads nothing and knows no clock. All functions are safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "sockutils/export.h"

namespace sockutils {

/// The counters of a connection at one moment, as tcp_info has them. What the kernel did not say has no
/// value. Since: 0.1
struct CounterReading {
  std::chrono::steady_clock::time_point time{};
  /// `tcp_bytes_received`.
  std::optional<std::uint64_t> bytes_in = {};
  /// `tcp_bytes_acked`: what has arrived at the other end.
  std::optional<std::uint64_t> bytes_out = {};
  /// `tcp_total_retrans` and `tcp_segs_out`, which are numbers of 32 bits that begin again at 0.
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// What was counted between two readings. Since: 0.1
struct CounterChange {
  std::optional<std::uint64_t> bytes_in = {};
  std::optional<std::uint64_t> bytes_out = {};
  std::optional<std::uint64_t> retransmits = {};
  std::optional<std::uint64_t> segments_out = {};
};

/// A second's worth of it. Since: 0.1
struct Rates {
  std::optional<double> bytes_in = {};
  std::optional<double> bytes_out = {};
  std::optional<double> retransmits = {};
};

/// How far a counter of `bits` bits has come. A narrow one that is smaller than before has begun again at 0,
/// once; one of 64 bits never does: it is another counter, and there is no value. No value either when one
/// of the two is absent. Since: 0.1
SOCKUTILS_EXPORT std::optional<std::uint64_t> counter_difference(std::optional<std::uint64_t> before,
                                                                 std::optional<std::uint64_t> now,
                                                                 unsigned bits = 64);

/// `difference` as a number for each second of `elapsed`. No value without a difference, or when so little
/// time (less than a millisecond), or none, has passed that the quotient would say nothing. Since: 0.1
SOCKUTILS_EXPORT std::optional<double> per_second(std::optional<std::uint64_t> difference,
                                                  std::chrono::nanoseconds elapsed);

/// From one reading of a connection to a later one. Since: 0.1
SOCKUTILS_EXPORT CounterChange change_between(const CounterReading& before, const CounterReading& now);

/// All that a connection has counted, for one that was not there before. Since: 0.1
SOCKUTILS_EXPORT CounterChange change_since_birth(const CounterReading& now);

/// Since: 0.1
SOCKUTILS_EXPORT Rates rates_of(const CounterChange& change, std::chrono::nanoseconds elapsed);

/// The part of the segments sent that were sent again, 0 to 1; no value when none was sent. Since: 0.1
SOCKUTILS_EXPORT std::optional<double> retransmitted_part(const CounterChange& change);

}  // namespace sockutils
