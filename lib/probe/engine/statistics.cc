#include <algorithm>
#include <cmath>
#include <limits>

#include "sockutils/probe.h"

namespace sockutils {
namespace {

using std::chrono::microseconds;

microseconds rounded(double value) { return microseconds(std::llround(value)); }

/// By nearest rank; `sorted` is ascending.
microseconds percentile(const std::vector<std::uint32_t>& sorted, double part) {
  const double rank = std::ceil(part * static_cast<double>(sorted.size()));
  return microseconds(sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1]);
}

double average_of(const std::vector<std::uint32_t>& times) {
  double sum = 0;
  for (const std::uint32_t time : times) sum += time;
  return sum / static_cast<double>(times.size());
}

double deviation_of(const std::vector<std::uint32_t>& times, double average) {
  double sum = 0;
  for (const std::uint32_t time : times) sum += (time - average) * (time - average);
  return std::sqrt(sum / static_cast<double>(times.size()));
}

std::optional<microseconds> jitter_of(const std::vector<std::uint32_t>& times) {
  if (times.size() < 2) return std::nullopt;
  std::int64_t sum = 0;
  for (std::size_t i = 1; i < times.size(); ++i)
    sum += std::abs(std::int64_t{times[i]} - std::int64_t{times[i - 1]});
  return rounded(static_cast<double>(sum) / static_cast<double>(times.size() - 1));
}

}  // namespace

void ProbeStatistics::add(const ProbeResult& result) {
  ++probes_;
  ++states_[result.state];
  const bool is_silence = result.state == PortState::OpenOrFiltered ||
                          (result.state == PortState::Filtered && result.reason.starts_with("no answer"));
  if (is_silence) ++lost_;
  if (!result.times.connect) return;
  constexpr std::int64_t Longest = std::numeric_limits<std::uint32_t>::max();
  const auto time = std::clamp<std::int64_t>(result.times.connect->count(), 0, Longest);
  times_.push_back(static_cast<std::uint32_t>(time));
}

std::size_t ProbeStatistics::count(PortState state) const {
  const auto found = states_.find(state);
  return found == states_.end() ? 0 : found->second;
}

std::optional<double> ProbeStatistics::loss() const {
  const std::size_t sent = probes_ - count(PortState::NotMeasured);
  if (sent == 0) return std::nullopt;
  return static_cast<double>(lost_) / static_cast<double>(sent);
}

std::optional<ProbeTiming> ProbeStatistics::timing() const {
  if (times_.empty()) return std::nullopt;
  std::vector<std::uint32_t> sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  const double average = average_of(times_);
  return ProbeTiming{.minimum = microseconds(sorted.front()),
                     .average = rounded(average),
                     .maximum = microseconds(sorted.back()),
                     .deviation = rounded(deviation_of(times_, average)),
                     .p50 = percentile(sorted, 0.5),
                     .p90 = percentile(sorted, 0.9),
                     .p99 = percentile(sorted, 0.99),
                     .jitter = jitter_of(times_)};
}

}  // namespace sockutils
