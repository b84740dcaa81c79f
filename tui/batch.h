/// Prints frames as text or records, without a terminal.
#pragma once

#include <optional>
#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockutils/list.h"
#include "tui/collect/recording_view.h"
#include "tui/settings.h"

namespace tui {

/// Prints frames until the requested number is reached, the reader is gone, or a signal arrives.
tools::ExitCode print_frames(const Settings& settings, const sockutils::Query& query,
                             std::optional<sockutils::RecordingWriter> recorder, tools::Messages& messages);
/// The same for a recording: each snapshot is a frame, up to the last one in the file.
tools::ExitCode print_recording(const Settings& settings, const sockutils::Query& query, RecordingView view,
                                tools::Messages& messages);

}  // namespace tui
