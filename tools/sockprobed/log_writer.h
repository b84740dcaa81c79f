/// Formats server events as log lines.
#pragma once

#include "common/output.h"
#include "sockprobed/settings.h"
#include "sockutils/serve.h"

namespace tools::sockprobed {

/// Appends one line, safe for a terminal.
void append_log_line(std::string& out, const sockutils::ServerEvent& event, LogForm form);

}  // namespace tools::sockprobed
