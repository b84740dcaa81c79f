/// `summarize()` on any system.
#pragma once

#include "sockutils/summary.h"
#include "system/system.h"

namespace sockutils {

Result<Summary> summarize(const System& system, const Query& query, const SummaryOptions& options);

}  // namespace sockutils
