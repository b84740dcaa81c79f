/// The pipeline from a query to rows.
#pragma once

#include <memory>

#include "sockutils/query.h"
#include "system/system.h"

namespace sockutils {

/// Makes the warnings of a listing those of the recording that it read: what would help would have helped
/// when it was recorded.
void adapt_warnings(Report& report, const Recording& recording);

/// `list_sockets()` on any system.
Result<Report> list_sockets(const System& system, const Query& query, const RowSink& sink);
/// `take_snapshot()` on any system, which must outlive the result unless that is given it to keep.
Result<Snapshot> take_snapshot(const System& system, const Query& query,
                               std::unique_ptr<System> owned = nullptr);

}  // namespace sockutils
