#include "tui/crash.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <utility>

namespace tui {
namespace {

constexpr std::array<int, 5> Mistakes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/// A signal handler must not allocate, so all that it needs is prepared in advance.
struct Remembered {
  termios settings{};
  bool has_settings = false;
  std::array<char, 256> sequences{};
  std::size_t length = 0;
  std::array<struct sigaction, Mistakes.size()> before{};
  bool installed = false;
};

Remembered& remembered() {
  static Remembered state;
  return state;
}

extern "C" void give_terminal_back(int signal) {
  const Remembered& state = remembered();
  static_cast<void>(!::write(STDOUT_FILENO, state.sequences.data(), state.length));
  if (state.has_settings) ::tcsetattr(STDIN_FILENO, TCSANOW, &state.settings);
  const auto place = std::find(Mistakes.begin(), Mistakes.end(), signal) - Mistakes.begin();
  // The fault recurs when the handler returns, or the signal is sent again.
  ::sigaction(signal, &state.before[static_cast<std::size_t>(place)], nullptr);
  ::raise(signal);
}

}  // namespace

void remember_terminal() {
  Remembered& state = remembered();
  state.has_settings = ::tcgetattr(STDIN_FILENO, &state.settings) == 0;
}

void restore_after_crash(const std::string& sequences) {
  Remembered& state = remembered();
  state.length = std::min(sequences.size(), state.sequences.size());
  std::copy_n(sequences.begin(), state.length, state.sequences.begin());
  struct sigaction action {};
  action.sa_handler = give_terminal_back;
  for (std::size_t i = 0; i < Mistakes.size(); ++i) ::sigaction(Mistakes[i], &action, &state.before[i]);
  state.installed = true;
}

void forget_crash_handling() {
  Remembered& state = remembered();
  if (!std::exchange(state.installed, false)) return;
  for (std::size_t i = 0; i < Mistakes.size(); ++i) ::sigaction(Mistakes[i], &state.before[i], nullptr);
}

}  // namespace tui
