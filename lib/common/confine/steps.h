/// The steps of `confine_process()`.
#pragma once

#include <string>
#include <vector>

#include "sockutils/error.h"

namespace sockutils {

/// Errors: no such user; as setgroups(2), setresgid(2), setresuid(2), capset(2).
Result<void> become_user(const std::string& name);

/// Errors: ENOSYS or EOPNOTSUPP without Landlock.
Result<void> restrict_files(const std::vector<std::string>& readable_folders);

/// Errors: as seccomp_load(3).
Result<void> restrict_system_calls();

}  // namespace sockutils
