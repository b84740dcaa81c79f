/// `summarize()` for any `System`.
#pragma once

#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

Result<Summary> summarize(const System& system, const Query& query, const SummaryOptions& options);

}  // namespace sockutils
