/// Daemons that hold their listeners themselves.
#pragma once

#include <string>
#include <vector>

#include "support/daemon.h"

namespace sockutils::test {

/// Those of the table that are installed.
std::vector<const DaemonKind*> installed_daemons();
/// All of the table, for messages.
std::string known_daemons();

}  // namespace sockutils::test
