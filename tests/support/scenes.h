/// Processes that are not one table of descriptors in one network namespace. Each lasts as long as its
/// object.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

#include "support/child.h"

namespace sockutils::test {

/// A process whose main thread has ended, with threads that live on and share its descriptors.
class DeadLeader {
 public:
  /// `body` runs first, in one of those threads.
  DeadLeader(int threads, const Child::Body& body);
  pid_t pid() const { return child_.pid(); }

 private:
  Child child_;
};

/// Threads that share one table of descriptors with one another, and not with their process.
class ThreadsWithOwnFiles : public Child {
 public:
  /// `body` runs in the first of them, in that table.
  ThreadsWithOwnFiles(int threads, const Child::Body& body);
};

/// A process of which one thread alone is in a new network namespace, in which it runs `body`.
class ThreadElsewhere : public Child {
 public:
  explicit ThreadElsewhere(const Child::Body& body);
};

/// A process that runs `body` in a new network namespace, and comes back from there. What it has made is all
/// that keeps that namespace.
class BackFromElsewhere : public Child {
 public:
  explicit BackFromElsewhere(const Child::Body& body);
};

/// Has the calling thread, and those that it makes, refused a system call with EPERM, as filters of
/// containers do.
void refuse_system_call(long number);

/// The inode number of the network namespace that a file leads to.
std::uint64_t netns_at(const std::string& path);

}  // namespace sockutils::test
