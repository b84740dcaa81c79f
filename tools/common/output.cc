#include "common/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace tools {

void die_of_broken_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

void fill_closed_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // open(2) returns the lowest free number, which is this one. Read-only, so that writing still fails.
    if (::open("/dev/null", O_RDONLY) < 0) return;
  }
}

void Output::set_last_act(std::function<void()> act) {
  std::signal(SIGPIPE, SIG_IGN);
  last_act_ = std::move(act);
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !error_) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      if (last_act_) last_act_();
      die_of_broken_pipe();
    } else if (errno != EINTR) {
      error_ =
          sockutils::Error{.code = errno, .operation = "write", .subject = "standard output", .detail = {}};
    }
  }
  buffer_.clear();
}

}  // namespace tools
