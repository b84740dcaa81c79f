#include "common/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "support/catch.h"

namespace output_test {

TEST_CASE("output gathers until there is enough to write") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
  tools::Output out(pipe[1]);
  out.text() += "hello";
  out.commit();
  std::array<char, 16> buffer{};
  CHECK(::read(pipe[0], buffer.data(), buffer.size()) == -1);
  out.flush();
  CHECK(::read(pipe[0], buffer.data(), buffer.size()) == 5);
  CHECK_FALSE(out.error());
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("a full disk is an error, once and for all") {
  const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  tools::Output out(fd);
  out.text() += "x";
  out.flush();
  REQUIRE(out.error());
  CHECK(out.error()->code == ENOSPC);
  CHECK(out.error()->message() == "write standard output: No space left on device");
  ::close(fd);
}

}  // namespace output_test
