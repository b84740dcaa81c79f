/// What to say when owners could not be found.
#pragma once

#include <optional>

#include "acquire/processes/owner_table.h"
#include "sockutils/error.h"

namespace sockutils {

/// `ownerless` rows have an inode and no known owner. A warning only when something stood in the way of
/// knowing; a socket that the kernel holds for itself has no owner and needs none.
std::optional<Warning> owner_warning(const System& system, const OwnerTable& owners, std::size_t ownerless);

/// Whether the options of a mount of proc hide other users' processes (proc(5), hidepid). Pure.
bool hides_processes(std::string_view mountinfo);

}  // namespace sockutils
