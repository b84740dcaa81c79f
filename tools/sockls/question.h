/// Yes or no: `--quiet` and `--wait`.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// Whether any socket matches; writes nothing.
ExitCode answer(const Settings& settings, const sockutils::Query& query, Messages& messages);

/// Returns as soon as a socket matches, and lists what does unless it is to be quiet.
ExitCode wait_for_match(const Settings& settings, const sockutils::Query& query, Messages& messages);

}  // namespace tools::sockls
