/// The end of what a tool writes.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "common/output.h"

namespace tools {

/// Flushes, and says when that failed.
ExitCode finish_output(Output& out, const Messages& messages);

}  // namespace tools
