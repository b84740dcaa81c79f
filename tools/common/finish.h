/// Finishes the output of a tool.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "common/output.h"

namespace tools {

/// Flushes, and reports errors.
ExitCode finish_output(Output& out, const Messages& messages);

}  // namespace tools
