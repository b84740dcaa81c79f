/// What many probes of one port come to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sockutils/export.h"
#include "sockutils/probe.h"

namespace sockutils {

/// Of the times of open ports, `ProbeTimes::connect`. Since: 0.1
struct ProbeTiming {
  std::chrono::microseconds minimum{};
  std::chrono::microseconds average{};
  std::chrono::microseconds maximum{};
  /// The standard deviation of all of them, as ping(8) has it.
  std::chrono::microseconds deviation{};
  /// Percentiles of nearest rank: exact.
  std::chrono::microseconds p50{};
  std::chrono::microseconds p90{};
  std::chrono::microseconds p99{};
  /// The average difference between one time and the next; no value with less than two.
  std::optional<std::chrono::microseconds> jitter;
};

/// Grows by four bytes with each answer. Not for several threads at once. Since: 0.1
class SOCKUTILS_EXPORT ProbeStatistics {
 public:
  void add(const ProbeResult& result);

  std::size_t probes() const { return probes_; }
  std::size_t count(PortState state) const;
  /// Probes that nobody answered: filtered in silence, or `open|filtered`.
  std::size_t lost() const { return lost_; }
  /// Of those that could be sent, 0 to 1; no value when none could.
  std::optional<double> loss() const;
  /// No value when nothing was open.
  std::optional<ProbeTiming> timing() const;

 private:
  std::size_t probes_ = 0;
  std::size_t lost_ = 0;
  std::map<PortState, std::size_t> states_;
  /// Microseconds, in the order in which they came.
  std::vector<std::uint32_t> times_;
};

}  // namespace sockutils
