#include "sockutils/count.h"

#include <algorithm>

namespace sockutils {
namespace {

constexpr unsigned Narrow = 32;
constexpr std::chrono::milliseconds ShortestTime{1};

}  // namespace

std::optional<std::uint64_t> counter_difference(std::optional<std::uint64_t> before,
                                                std::optional<std::uint64_t> now, unsigned bits) {
  if (!before || !now) return std::nullopt;
  if (*now >= *before) return *now - *before;
  if (bits >= 64) return std::nullopt;
  const std::uint64_t size = std::uint64_t{1} << bits;
  if (*before >= size) return std::nullopt;
  return size - *before + *now;
}

std::optional<double> per_second(std::optional<std::uint64_t> difference, std::chrono::nanoseconds elapsed) {
  if (!difference || elapsed < ShortestTime) return std::nullopt;
  return static_cast<double>(*difference) / std::chrono::duration<double>(elapsed).count();
}

CounterChange change_between(const CounterReading& before, const CounterReading& now) {
  return {counter_difference(before.bytes_in, now.bytes_in),
          counter_difference(before.bytes_out, now.bytes_out),
          counter_difference(before.retransmits, now.retransmits, Narrow),
          counter_difference(before.segments_out, now.segments_out, Narrow)};
}

CounterChange change_since_birth(const CounterReading& now) {
  return {now.bytes_in, now.bytes_out, now.retransmits, now.segments_out};
}

Rates rates_of(const CounterChange& change, std::chrono::nanoseconds elapsed) {
  return {per_second(change.bytes_in, elapsed), per_second(change.bytes_out, elapsed),
          per_second(change.retransmits, elapsed)};
}

std::optional<double> retransmitted_part(const CounterChange& change) {
  if (!change.retransmits || !change.segments_out || *change.segments_out == 0) return std::nullopt;
  const double part = static_cast<double>(*change.retransmits) / static_cast<double>(*change.segments_out);
  return std::min(part, 1.0);
}

}  // namespace sockutils
