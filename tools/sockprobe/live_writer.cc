#include <cmath>

#include "common/text.h"
#include "sockprobe/cells.h"
#include "sockprobe/writer.h"
#include "sockutils/value.h"

namespace tools::sockprobe {
namespace {

using sockutils::PortState;
using sockutils::ProbeResult;

std::string percent(double part) {
  const double rounded = std::round(part * 1000) / 10;
  std::string text = std::to_string(rounded);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

/// `9 open, 1 filtered`
std::string counts_of(const sockutils::ProbeStatistics& statistics) {
  std::string text;
  for (const PortState state : {PortState::Open, PortState::Closed, PortState::Rejected, PortState::Filtered,
                                PortState::Unreachable, PortState::OpenOrFiltered, PortState::NotMeasured})
    if (const std::size_t count = statistics.count(state); count > 0)
      text += ", " + std::to_string(count) + " " + std::string(name(state));
  return text;
}

std::string timing_of(const sockutils::ProbeTiming& timing) {
  std::string text = "  min " + duration_of(timing.minimum) + ", average " + duration_of(timing.average) +
                     ", max " + duration_of(timing.maximum) + ", deviation " + duration_of(timing.deviation) +
                     "\n  p50 " + duration_of(timing.p50) + ", p90 " + duration_of(timing.p90) + ", p99 " +
                     duration_of(timing.p99);
  if (timing.jitter) text += ", jitter " + duration_of(*timing.jitter);
  return text + "\n";
}

class LiveWriter final : public Writer {
 public:
  LiveWriter(const RowQuery& query, const sockutils::Services& services, Output& out)
      : query_(query), services_(services), out_(out) {}

  void begin_round(std::size_t number) override { round_ = number; }

  void add(const ProbeResult& result) override {
    const sockutils::ProbeRow row(result, services_);
    if (!query_.filter.matches(row)) return;
    std::string line = std::to_string(round_) + "  " + port_of(row, sockutils::probe_fields()) + " " +
                       std::string(name(result.state));
    if (result.times.connect) line += " in " + duration_of(*result.times.connect);
    line += ": " + result.reason;
    if (result.from && result.from != result.address) line += " from " + result.from->to_string();
    sockutils::append_escaped(out_.text(), line);
    out_.text() += '\n';
    out_.flush();
  }

  void end(std::span<const sockutils::Warning>, std::span<const Series> series) override {
    for (const Series& one : series) {
      const auto& statistics = one.statistics;
      std::string line = port_of(sockutils::ProbeRow(one.last, services_), sockutils::probe_fields()) + ": " +
                         sockutils::counted(statistics.probes(), "probe") + counts_of(statistics);
      if (const auto loss = statistics.loss()) line += ", " + percent(*loss) + " lost";
      sockutils::append_escaped(out_.text(), line);
      out_.text() += '\n';
      if (const auto timing = statistics.timing()) out_.text() += timing_of(*timing);
    }
  }

 private:
  const RowQuery& query_;
  const sockutils::Services& services_;
  Output& out_;
  std::size_t round_ = 0;
};

}  // namespace

std::unique_ptr<Writer> make_live_writer(const RowQuery& query, const sockutils::Services& services,
                                         Output& out) {
  return std::make_unique<LiveWriter>(query, services, out);
}

}  // namespace tools::sockprobe
