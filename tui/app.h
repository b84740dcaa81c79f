/// The interactive program.
#pragma once

#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockutils/list.h"
#include "tui/collect/frame_source.h"
#include "tui/settings.h"

namespace tui {

/// Runs until the user or a signal ends it, and leaves the final settings in `settings`.
tools::ExitCode watch(Settings& settings, const sockutils::Query& query, const std::string& filter,
                      const SourceMaker& make_source, tools::Messages& messages);

}  // namespace tui
