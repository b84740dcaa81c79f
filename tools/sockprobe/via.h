/// `sockprobe --via`: ports as observed by both ends.
#pragma once

#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockprobe/options.h"
#include "sockprobe/row_query.h"
#include "sockutils/services.h"

namespace tools::sockprobe {

ExitCode probe_via(const CommandLine& line, const RowQuery& query, const sockutils::Services& services,
                   std::vector<sockutils::Warning> warnings, Messages& messages);

}  // namespace tools::sockprobe
