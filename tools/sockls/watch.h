/// `--watch`: the list again and again.
#pragma once

#include <string>
#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// `filter` is what the heading says of it.
ExitCode watch(const Settings& settings, const sockutils::Query& query,
               const std::vector<std::string>& filter, Messages& messages);

}  // namespace tools::sockls
