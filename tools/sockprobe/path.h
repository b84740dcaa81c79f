/// Traces the route to each port: --path.
#pragma once

#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockprobe/question.h"
#include "sockprobe/row_query.h"
#include "sockprobe/settings.h"

namespace tools::sockprobe {

ExitCode show_paths(const Settings& settings, const RowQuery& query, const Question& question,
                    std::vector<sockutils::Warning> warnings, Messages& messages);

}  // namespace tools::sockprobe
