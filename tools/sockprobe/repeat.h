/// Probes repeatedly: --count, --watch, --until.
#pragma once

#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockprobe/question.h"
#include "sockprobe/row_query.h"
#include "sockprobe/settings.h"

namespace tools::sockprobe {

ExitCode repeat(const Settings& settings, const RowQuery& query, const Question& question,
                const sockutils::Services& services, std::vector<sockutils::Warning> warnings,
                Messages& messages);

}  // namespace tools::sockprobe
