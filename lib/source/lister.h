/// The pipeline from a query to rows.
#pragma once

#include "sockutils/query.h"
#include "system/system.h"

namespace sockutils {

/// `list_sockets()` on any system.
Result<Report> list_sockets(const System& system, const Query& query, const RowSink& sink);
/// `take_snapshot()` on any system.
Result<Snapshot> take_snapshot(const System& system, const Query& query);

}  // namespace sockutils
