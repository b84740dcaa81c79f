/// Following sockets on any system.
#pragma once

#include "os/system.h"
#include "sockutils/follow.h"

namespace sockutils {

/// `Follower::start()` on any system, which outlives the follower.
Result<Follower> start_following(const System& system, const Query& query, const FollowOptions& options);

}  // namespace sockutils
