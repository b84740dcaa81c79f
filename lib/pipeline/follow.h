/// Follows sockets on any `System`.
#pragma once

#include "os/system.h"
#include "sockutils/follow.h"

namespace sockutils {

/// `Follower::start()` for any `System`, which must outlive the follower.
Result<Follower> start_following(const System& system, const Query& query, const FollowOptions& options);

}  // namespace sockutils
