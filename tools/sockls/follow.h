/// `--follow` and `--events`: what happens to sockets, line by line.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

ExitCode follow(const Settings& settings, const sockutils::Query& query, Messages& messages);

}  // namespace tools::sockls
