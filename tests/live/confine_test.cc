// What a confined process can no longer do.

#include "common/confine/confine.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::confine_test {
namespace {

void expect(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

bool opens(const std::string& path, int flags = O_RDONLY) {
  return static_cast<bool>(UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0600)));
}

bool makes_socket(int family) { return static_cast<bool>(UniqueFd(::socket(family, SOCK_STREAM, 0))); }

/// What this machine can do, asked of a child that then goes.
bool is_done(const std::string& what) {
  try {
    const Child child([&] {
      const auto report = confine_process({});
      expect(report.has_value(), "confined");
      expect(std::find(report->done.begin(), report->done.end(), what) != report->done.end(), "done");
    });
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

TEST_CASE("a confined process reads what it was allowed, and opens nothing else") {
  if (!is_done("Landlock")) SKIP_OUT_LOUD("no Landlock in this kernel or build");
  const TemporaryFolder allowed;
  const TemporaryFolder other;
  REQUIRE(::chmod(allowed.path().c_str(), 0755) == 0);
  REQUIRE(::chmod(other.path().c_str(), 0755) == 0);
  std::ofstream(allowed.path() + "/file") << "words";
  std::ofstream(other.path() + "/file") << "words";
  CHECK_NOTHROW(Child([&] {
    expect(opens(other.path() + "/file"), "open before");
    expect(confine_process({.readable_folders = {allowed.path()}, .system_calls = false}).has_value(),
           "confine");
    expect(opens(allowed.path() + "/file"), "read what is allowed");
    expect(!opens(allowed.path() + "/file", O_WRONLY) && errno == EACCES, "not write it");
    expect(!opens(other.path() + "/file") && errno == EACCES, "not read anything else");
    expect(!opens(allowed.path() + "/new", O_WRONLY | O_CREAT) && errno == EACCES, "not make files");
  }));
}

TEST_CASE("a confined process makes no system calls but a server's") {
  if (!is_done("seccomp")) SKIP_OUT_LOUD("no seccomp in this kernel or build");
  CHECK_NOTHROW(Child([] {
    expect(confine_process({.files = false}).has_value(), "confine");
    expect(makes_socket(AF_INET), "a socket");
    expect(!makes_socket(AF_UNIX) && errno == EPERM, "no unix socket");
    expect(::fork() < 0 && errno == EPERM, "no process");
    std::array<char, 8> path{"/bin/sh"};
    std::array<char*, 2> arguments{path.data(), nullptr};
    expect(::execv(path.data(), arguments.data()) < 0 && errno == EPERM, "no program");
  }));
}

TEST_CASE("of root a confined process keeps no more than the right to bind ports") {
  if (::geteuid() != 0) SKIP_OUT_LOUD("not root");
  REQUIRE_PRIVATE_NETWORK();
  CHECK_NOTHROW(Child([] {
    expect(confine_process({.user = "nobody"}).has_value(), "confine");
    expect(::geteuid() != 0 && ::getuid() != 0, "another user");
    expect(::setuid(0) < 0, "not root again");
    const UniqueFd fd = make_socket(AF_INET, SOCK_STREAM);
    bind_to(fd, SocketAddress::v4("127.0.0.1", 99));
  }));
}

TEST_CASE("a user that there is not is an error, and nothing is given up") {
  if (::geteuid() != 0) SKIP_OUT_LOUD("not root");
  CHECK_NOTHROW(Child([] {
    expect(!confine_process({.user = "no-such-user-here"}).has_value(), "an error");
    expect(makes_socket(AF_UNIX), "as before");
  }));
}

}  // namespace
}  // namespace sockutils::test::confine_test
