#include "common/interrupt.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace tools {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&held_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) {
    if (!is_ignored(signal)) sigaddset(&held_, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  sigset_t ends = held_;
  sigdelset(&ends, SIGWINCH);
  descriptor_ = ::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

Interrupt::~Interrupt() {
  if (descriptor_ >= 0) ::close(descriptor_);
  // Signals still pending must not end the program with another exit code once they are unblocked.
  const timespec at_once{};
  while (::sigtimedwait(&held_, nullptr, &at_once) > 0) continue;
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Interrupt::Wake Interrupt::wait(std::chrono::milliseconds limit) {
  if (ended_) return Wake::End;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now());
    const auto count = left.count() > 0 ? left.count() : 0;
    constexpr std::int64_t Second = 1'000'000'000;
    const timespec time{count / Second, count % Second};
    const int signal = ::sigtimedwait(&held_, nullptr, &time);
    if (signal == SIGWINCH) return Wake::Resized;
    if (signal > 0) {
      ended_ = true;
      return Wake::End;
    }
    // A signal that is not blocked interrupts the wait.
    if (errno != EINTR || count == 0) return Wake::Time;
  }
}

}  // namespace tools
