/// The program with its screen.
#pragma once

#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockutils/list.h"
#include "tui/collect/frame_source.h"
#include "tui/settings.h"

namespace tui {

/// Runs until the user, or a signal, ends it; the settings are as they were then.
tools::ExitCode watch(Settings& settings, const sockutils::Query& query, const std::string& filter,
                      const SourceMaker& make_source, tools::Messages& messages);

}  // namespace tui
