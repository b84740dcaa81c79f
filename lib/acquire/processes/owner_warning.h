/// What to say when owners could not be found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acquire/processes/caller.h"
#include "acquire/processes/kernel_sockets.h"
#include "acquire/processes/owner_table.h"
#include "sockutils/error.h"

namespace sockutils {

/// `nginx/812`, or only the number if the name is unknown.
std::string label_of(const System& system, std::int32_t pid);

/// What is unknown because processes could not be read.
struct Unknown {
  std::string_view what;
  /// May contain a count.
  std::string sentence;
};
inline const Unknown UnknownUnbound{"unbound", "unbound sockets may be missing"};

/// Which processes this caller cannot see or read, and what would help: one warning for each reason.
std::vector<Warning> unread_processes(const System& system, const OwnerTable& owners, const Caller& caller,
                                      const Unknown& unknown);

/// The number of sockets with an inode, without a known owner, and not known to be held by the kernel.
struct OwnerlessSockets {
  std::size_t all = 0;
  /// Those of them to which `KernelSockets::doubt()` applies.
  std::size_t in_doubt = 0;
};

/// Empty if every process could be read.
std::vector<Warning> owner_warnings(const System& system, const OwnerTable& owners, const Caller& caller,
                                    const OwnerlessSockets& ownerless,
                                    const std::optional<OwnerDoubt>& doubt);

}  // namespace sockutils
