/// `--kill`: closes what matches.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

ExitCode kill_matching(const Settings& settings, const sockutils::Query& query, Messages& messages);

}  // namespace tools::sockls
