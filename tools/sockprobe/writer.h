/// Writes results as text.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "common/output.h"
#include "sockprobe/row_query.h"
#include "sockprobe/settings.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

/// A port that is probed repeatedly.
struct Series {
  sockutils::ProbeResult last;
  sockutils::ProbeStatistics statistics;
};

class Writer {
 public:
  virtual ~Writer() = default;
  /// For repeated probes: the following results belong to this round, counted from 1.
  virtual void begin_round(std::size_t) {}
  /// Results come in any order.
  virtual void add(const sockutils::ProbeResult& result) = 0;
  /// All results of the round have been added.
  virtual void end_round() {}
  /// No results may arrive for a while.
  virtual void pause() {}
  virtual void end(std::span<const sockutils::Warning> warnings, std::span<const Series> series) = 0;
};

/// All references must outlive the writer.
std::unique_ptr<Writer> make_writer(const Settings& settings, const RowQuery& query,
                                    const sockutils::Services& services, Output& out);

std::unique_ptr<Writer> make_row_writer(const Settings& settings, const RowQuery& query,
                                        const sockutils::Services& services, Output& out);
/// A line for each of a series of probes, and a summary.
std::unique_ptr<Writer> make_live_writer(const RowQuery& query, const sockutils::Services& services,
                                         Output& out);

}  // namespace tools::sockprobe
