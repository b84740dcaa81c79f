/// A network namespace for one test program: nothing else is in it, and nothing leaves it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "support/skip.h"

namespace sockutils::test {

/// Moves the calling thread into a network namespace of its own, once per program, with `lo` up and ping
/// sockets allowed. Without the right to do so it takes a user namespace along, in which it keeps its
/// user. Empty when that worked, else what stood in the way. To be called before other threads start.
const std::string& enter_private_network();

/// Moves the calling thread into another new network namespace, with `lo` up. The program has to be in a
/// private one already. Throws std::system_error.
void enter_new_network();

/// Leaves the calling thread without any capability.
void drop_capabilities_of_thread();

/// Runs `body` on a thread of its own, in the network namespace of a process. Throws what it throws.
void in_network_of(pid_t pid, const std::function<void()>& body);

/// Runs a shell command with the capabilities of this program, which an ordinary user's program would lose
/// there. Whether it ended with 0.
bool run_with_rights(const std::string& command);

/// Writes a file of the kernel, such as one below /proc/sys. Throws std::system_error.
void write_kernel_file(const std::string& path, const std::string& text);

}  // namespace sockutils::test

/// The first line of a test case that makes sockets.
#define REQUIRE_PRIVATE_NETWORK()                        \
  if (!sockutils::test::enter_private_network().empty()) \
  SKIP_OUT_LOUD(sockutils::test::enter_private_network())
