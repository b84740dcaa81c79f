/// The pipeline from a query to rows.
#pragma once

#include <memory>

#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

/// Adapts the warnings of a listing to the recording that it read: remedies would have helped only when it
/// was recorded.
void adapt_warnings(Report& report, const Recording& recording);

/// The part of a query that a recording was made for.
struct RecordedKinds {
  /// Only with these kinds. `kinds` may be empty, which does not mean all kinds here.
  Query query;
  /// A warning for each of the other kinds: some of their sockets may be recorded for other reasons.
  std::vector<Warning> missing;
};
RecordedKinds recorded_kinds(const Query& query);

/// `list_sockets()` for any `System`.
Result<Report> list_sockets(const System& system, const Query& query, const RowSink& sink);
/// `take_snapshot()` for any `System`, which must outlive the result unless ownership is passed in `owned`.
/// The report begins with `warnings`.
Result<Snapshot> take_snapshot(const System& system, const Query& query,
                               std::unique_ptr<System> owned = nullptr,
                               const std::vector<Warning>& warnings = {});

}  // namespace sockutils
