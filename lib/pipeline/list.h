/// The pipeline from a query to rows.
#pragma once

#include <memory>

#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

/// Makes the warnings of a listing those of the recording that it read: what would help would have helped
/// when it was recorded.
void adapt_warnings(Report& report, const Recording& recording);

/// What of a query a recording was made for.
struct RecordedKinds {
  /// With those kinds alone; `kinds` may be empty, and that does not stand for any then.
  Query query;
  /// A warning for each of the others: what is known of their sockets is there for other reasons.
  std::vector<Warning> missing;
};
RecordedKinds recorded_kinds(const Query& query);

/// `list_sockets()` on any system.
Result<Report> list_sockets(const System& system, const Query& query, const RowSink& sink);
/// `take_snapshot()` on any system, which must outlive the result unless that is given it to keep. The report
/// begins with `warnings`.
Result<Snapshot> take_snapshot(const System& system, const Query& query,
                               std::unique_ptr<System> owned = nullptr,
                               const std::vector<Warning>& warnings = {});

}  // namespace sockutils
