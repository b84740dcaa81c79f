#include "sockprobed/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <initializer_list>

namespace tools::sockprobed {
namespace {

bool is_left_to_caller(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals() {
  sigemptyset(&held_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    if (!is_left_to_caller(signal)) sigaddset(&held_, signal);
  ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  fd_ = ::signalfd(-1, &held_, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Signals::SignalRequest Signals::take() {
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != sizeof info) return SignalRequest::None;
  return info.ssi_signo == SIGHUP ? SignalRequest::Reload : SignalRequest::End;
}

}  // namespace tools::sockprobed
