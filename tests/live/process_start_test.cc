#include "common/process_stat.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "support/catch.h"

namespace sockutils::test::process_start_test {
namespace {

/// Clock ticks since boot, as /proc counts them.
std::uint64_t ticks_now() {
  timespec now{};
  REQUIRE(::clock_gettime(CLOCK_BOOTTIME, &now) == 0);
  return static_cast<std::uint64_t>(now.tv_sec) * 100 + static_cast<std::uint64_t>(now.tv_nsec) / 10'000'000;
}

TEST_CASE("a process started when it was forked, and once it has ended there is no start") {
  const std::uint64_t before = ticks_now();
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0)
    for (;;) ::pause();
  const std::uint64_t after = ticks_now();
  const auto start = process_start_time(pid);
  ::kill(pid, SIGKILL);
  REQUIRE(::waitpid(pid, nullptr, 0) == pid);
  REQUIRE(start);
  CHECK(*start + 1 >= before);
  CHECK(*start <= after + 1);
  const auto ended = process_start_time(pid);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ENOENT);
}

}  // namespace
}  // namespace sockutils::test::process_start_test
