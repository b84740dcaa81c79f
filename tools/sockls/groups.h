/// `--group-by` and `--aggregate`.
#pragma once

#include <optional>
#include <string>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// What is wrong with the options that count, for people.
std::optional<std::string> check_counting(const Settings& settings);

/// Writes one row for each group of the sockets that `query` selects.
ExitCode list_groups(const Settings& settings, const sockutils::Query& query, Messages& messages);

}  // namespace tools::sockls
