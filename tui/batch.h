/// Frames as text or JSON lines, without a terminal.
#pragma once

#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockutils/query.h"
#include "tui/settings.h"

namespace tui {

/// Prints frames until there are enough, nobody reads them, or a signal ends it.
tools::ExitCode print_frames(const Settings& settings, const sockutils::Query& query,
                             tools::Messages& messages);

}  // namespace tui
