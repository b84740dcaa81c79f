#include "sockls/question.h"

#include <algorithm>
#include <thread>

#include "sockls/listing.h"
#include "sockls/query.h"

namespace tools::sockls {

using sockutils::Query;
using sockutils::Report;
using sockutils::Result;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Look {
  bool found = false;
  Result<Report> report;
};

/// Stops at the first match, and acquires nothing to show it.
Look look(const Query& query) {
  Query probe = query;
  probe.fields.clear();
  probe.sort.clear();
  probe.listeners_first = false;
  bool found = false;
  auto report = sockutils::list_sockets(probe, [&](sockutils::Values) {
    found = true;
    return false;
  });
  return {found, std::move(report)};
}

/// "No" is an answer only when everything could be read that might have matched.
ExitCode no_match(const Look& last, const Settings& settings, const Query& query, Messages& messages) {
  if (!last.report) {
    messages.error(last.report.error());
    return ExitCode::Failed;
  }
  if (!is_incomplete(last.report->warnings, settings, query)) return ExitCode::No;
  for (const sockutils::Warning& warning : last.report->warnings) messages.warning(warning);
  return ExitCode::Failed;
}

/// Waits a little longer each time, and never long past the limit.
class Backoff {
 public:
  explicit Backoff(std::optional<Seconds> limit) : limit_(limit) {}

  bool is_over() const { return limit_ && elapsed() >= *limit_; }

  /// `effort` is how long the last look took: a costly one is not repeated at once.
  void pause(Seconds effort) {
    Seconds time = std::max(step_, effort);
    if (limit_) time = std::min(time, *limit_ - elapsed());
    std::this_thread::sleep_for(std::max(time, Seconds::zero()));
    step_ = std::min(step_ * 1.5, Longest);
  }

 private:
  static constexpr Seconds Shortest{0.003};
  static constexpr Seconds Longest{0.1};

  Seconds elapsed() const { return Clock::now() - start_; }

  std::optional<Seconds> limit_;
  Clock::time_point start_ = Clock::now();
  Seconds step_ = Shortest;
};

/// A document without sockets is still a document; a person needs no empty table.
ExitCode end_waiting(const Look& last, const Settings& settings, const Query& query, Messages& messages) {
  const ExitCode code = no_match(last, settings, query, messages);
  if (settings.quiet || code != ExitCode::No) return code;
  const Format& format = format_of(settings.rows);
  if (format.is_interactive || format.default_fields == DefaultFields::Everything) {
    messages.note("nothing matched in time");
    return code;
  }
  const ExitCode written = Listing(settings, query).finish(last.report, messages);
  return written == ExitCode::Worked ? code : written;
}

}  // namespace

ExitCode answer(const Settings& settings, const Query& query, Messages& messages) {
  const Look last = look(query);
  if (last.report) say_notes(settings, *last.report, messages);
  return last.found ? ExitCode::Worked : no_match(last, settings, query, messages);
}

ExitCode wait_for_match(const Settings& settings, const Query& query, Messages& messages) {
  Backoff patience(settings.wait_limit);
  for (;;) {
    const Clock::time_point before = Clock::now();
    const Look last = look(query);
    if (last.found && settings.quiet) {
      if (last.report) say_notes(settings, *last.report, messages);
      return ExitCode::Worked;
    }
    if (last.found) {
      Listing listing(settings, query);
      const Result<Report> report = listing.run();
      // What matched a moment ago may be gone.
      if (!report || report->rows > 0) return listing.finish(report, messages);
    }
    if (!last.report || patience.is_over()) return end_waiting(last, settings, query, messages);
    patience.pause(Clock::now() - before);
  }
}

}  // namespace tools::sockls
