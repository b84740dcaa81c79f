#include "sockprobed/log_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/output.h"

namespace tools::sockprobed {
namespace {

/// Maximum number of bytes that wait for a reader.
constexpr std::size_t MaxWaiting = 16 * 1024;
/// A writable pipe has room for at least this many bytes (PIPE_BUF in pipe(7)).
constexpr std::size_t SurelyFits = 4096;

bool has_room(int fd, int milliseconds) {
  pollfd room{fd, POLLOUT, 0};
  return ::poll(&room, 1, milliseconds) > 0;
}

}  // namespace

LogOutput::LogOutput(int fd, LossLine loss_line) : fd_(fd), loss_line_(std::move(loss_line)) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) kind_ = Kind::Socket;
  if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode)) return;
  kind_ = Kind::Stream;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  own_fd_ = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

LogOutput::~LogOutput() {
  if (own_fd_ >= 0) ::close(own_fd_);
}

long LogOutput::write_some(std::string_view bytes) const {
  if (kind_ == Kind::Stream && own_fd_ < 0) {
    if (!has_room(fd_, 0)) return -EAGAIN;
    bytes = bytes.substr(0, SurelyFits);
  }
  const ssize_t size = kind_ == Kind::Socket
                           ? ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                           : ::write(descriptor(), bytes.data(), bytes.size());
  return size >= 0 ? size : -errno;
}

void LogOutput::give_up(int error) {
  // A closed pipe ends the program, as it does every tool; a service that loses its connection to the journal
  // continues.
  if (error == EPIPE && kind_ == Kind::Stream) die_of_broken_pipe();
  error_ = sockutils::Error{.code = error, .operation = "write", .subject = "standard output", .detail = {}};
  lost_ = lost_in_all();
  waiting_.clear();
  told_ = 0;
}

std::size_t LogOutput::lost_in_all() const {
  const auto lines = static_cast<std::size_t>(std::count(waiting_.begin(), waiting_.end(), '\n'));
  return lost_ + told_ + lines - (told_ > 0 && lines > 0 ? 1 : 0);
}

void LogOutput::tell_losses() {
  if (lost_ == 0) return;
  told_ = std::exchange(lost_, 0);
  waiting_ += loss_line_(told_);
}

void LogOutput::flush() {
  bool made_room = false;
  for (;;) {
    if (waiting_.empty()) told_ = 0;
    if (waiting_.empty() && made_room) tell_losses();
    if (waiting_.empty()) return;
    const long size = write_some(waiting_);
    if (size == -EINTR) continue;
    if (size == -EAGAIN || size == 0) return;
    if (size < 0) return give_up(static_cast<int>(-size));
    made_room = true;
    waiting_.erase(0, static_cast<std::size_t>(size));
  }
}

void LogOutput::write(std::string_view line) {
  const auto is_full = [&] { return lost_ > 0 || waiting_.size() + line.size() > MaxWaiting; };
  // After an error all lines are lost already.
  if (waiting_.empty()) tell_losses();
  if (is_full()) flush();
  // After a lost line all further lines are lost, until the loss can be reported.
  if (is_full()) {
    ++lost_;
    return;
  }
  waiting_ += line;
  flush();
}

std::size_t LogOutput::finish(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (flush(); is_behind(); flush()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !has_room(descriptor(), static_cast<int>(left.count()))) break;
  }
  return lost_in_all();
}

}  // namespace tools::sockprobed
