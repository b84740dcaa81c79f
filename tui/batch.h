/// Frames as text or JSON lines, without a terminal.
#pragma once

#include <optional>
#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockutils/list.h"
#include "tui/collect/recording_view.h"
#include "tui/settings.h"

namespace tui {

/// Prints frames until there are enough, nobody reads them, or a signal ends it.
tools::ExitCode print_frames(const Settings& settings, const sockutils::Query& query,
                             std::optional<sockutils::RecordingWriter> recorder, tools::Messages& messages);
/// The same of a recording: each snapshot is a frame, and the last one that is there is the end.
tools::ExitCode print_recording(const Settings& settings, const sockutils::Query& query, RecordingView view,
                                tools::Messages& messages);

}  // namespace tui
