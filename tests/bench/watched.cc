#include "watched.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "load.h"

namespace bench {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

[[noreturn]] void run(const std::vector<std::string>& command) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setenv("TERM", "xterm-256color", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  std::vector<std::string> words = command;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
  std::_Exit(127);
}

/// A word of /proc/PID/stat, counted from 3 (proc(5)): behind the name, which may hold anything.
long stat_word(pid_t pid, int number) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t bracket = line.rfind(')');
  if (bracket == std::string::npos) return 0;
  std::istringstream words(line.substr(bracket + 1));
  std::string word;
  for (int i = 3; i <= number; ++i) words >> word;
  return std::strtol(word.c_str(), nullptr, 10);
}

}  // namespace

Watched::Watched(const std::vector<std::string>& command) {
  winsize size{40, 120, 0, 0};
  pid_ = ::forkpty(&fd_, nullptr, nullptr, &size);
  if (pid_ < 0) fail("forkpty", errno);
  if (pid_ == 0) run(command);
}

Watched::~Watched() {
  ::kill(pid_, SIGTERM);
  // It may want to write something before it ends.
  for (int i = 0; i < 50 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
    read_for(milliseconds(20));
    if (i == 40) ::kill(pid_, SIGKILL);
  }
  ::close(fd_);
}

bool Watched::wait_for_output(milliseconds limit) const {
  pollfd waiting{fd_, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0 && (waiting.revents & POLLIN) != 0;
}

std::size_t Watched::read_for(milliseconds time) {
  const auto end = Clock::now() + time;
  std::array<char, 65536> buffer;
  std::size_t bytes = 0;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (left.count() <= 0) return bytes;
    if (!wait_for_output(left)) {
      if (!alive()) return bytes;
      continue;
    }
    const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
    if (size <= 0) return bytes;
    bytes += static_cast<std::size_t>(size);
  }
}

void Watched::press(std::string_view keys) const {
  if (::write(fd_, keys.data(), keys.size()) < 0) fail("write to a terminal", errno);
}

/// One that has ended and was not waited for is there still, and has no memory.
bool Watched::alive() const { return ::kill(pid_, 0) == 0 && stat_word(pid_, 24) > 0; }

/// In nanoseconds where the kernel counts them, as ticks are coarse beside what an idle program takes.
/// Threads that have ended are not in it.
std::chrono::nanoseconds Watched::processor_time() const {
  std::error_code fault;
  std::chrono::nanoseconds sum{0};
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task", fault)) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t of_thread = 0;
    if (file >> of_thread) sum += std::chrono::nanoseconds(of_thread);
  }
  if (sum.count() > 0) return sum;
  const long ticks = stat_word(pid_, 14) + stat_word(pid_, 15);
  return milliseconds(ticks * 1000 / ::sysconf(_SC_CLK_TCK));
}

double Watched::mib() const {
  const long pages = stat_word(pid_, 24);
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace bench
