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

/// `nginx/812`, or the number alone when its name is not known.
std::string label_of(const System& system, std::int32_t pid);

/// What is not known for want of processes, in words.
struct Unknown {
  std::string_view what;
  /// It may count.
  std::string sentence;
};
inline const Unknown UnknownUnbound{"unbound", "unbound sockets may be missing"};

/// Which processes this caller cannot look into, and what would help: a warning for each reason.
std::vector<Warning> unread_processes(const System& system, const OwnerTable& owners, const Caller& caller,
                                      const Unknown& unknown);

/// Sockets that have an inode and no known owner, and that are not the kernel's.
struct OwnerlessSockets {
  std::size_t all = 0;
  /// Of those, for which nothing stood in the way, and of which a doubt says who may hold them.
  std::size_t in_doubt = 0;
};

/// Warnings only when something stood in the way of knowing.
std::vector<Warning> owner_warnings(const System& system, const OwnerTable& owners, const Caller& caller,
                                    const OwnerlessSockets& ownerless,
                                    const std::optional<OwnerDoubt>& doubt);

}  // namespace sockutils
