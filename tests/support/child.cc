#include "support/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "support/sockets.h"

namespace sockutils::test {
namespace {

struct Pipe {
  UniqueFd reading;
  UniqueFd writing;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  checked(pipe2(ends.data(), O_CLOEXEC), "pipe2");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

[[noreturn]] void run_child(const Child::Body& body, const Child::Body& afterwards, const UniqueFd& ready) {
  // Whatever becomes of the test program, its children do not outlive it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    body();
    if (write(ready.get(), "r", 1) != 1) _exit(1);
    afterwards();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "in a child process: %s\n", error.what());
    _exit(1);
  }
  for (;;) pause();
}

/// Whether the child says that it is ready, rather than ending or taking too long.
bool becomes_ready(const UniqueFd& ready) {
  constexpr int LimitInMilliseconds = 10'000;
  pollfd entry{.fd = ready.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  return poll(&entry, 1, LimitInMilliseconds) == 1 && read(ready.get(), &byte, 1) == 1;
}

void end_process(pid_t pid) {
  kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Child::Child(const Body& body, const Body& afterwards) {
  Pipe ready = make_pipe();
  pid_ = checked(fork(), "fork");
  if (pid_ == 0) run_child(body, afterwards, ready.writing);
  ready.writing = UniqueFd();
  if (becomes_ready(ready.reading)) return;
  end_process(pid_);
  throw std::system_error(ECHILD, std::generic_category(), "a child process that should have become ready");
}

Child::~Child() { end_process(pid_); }

TemporaryFolder::TemporaryFolder() : path_("/tmp/sockutils.XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace sockutils::test
