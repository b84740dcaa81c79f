#include "tests/tui/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace tui::test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Machines can be slow, and others run beside this one.
constexpr auto Patience = 20s;

std::string settings_of(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return {};
  std::string text(reinterpret_cast<const char*>(settings.c_cc), sizeof settings.c_cc);
  for (const tcflag_t flags : {settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag})
    text += std::to_string(flags) + ' ';
  return text;
}

[[noreturn]] void run_program(int fd, const std::vector<std::string>& arguments,
                              const TerminalSettings& settings, const std::string& folder) {
  ::setsid();
  // Who runs the tests with nohup(1) would have the program ignore it.
  ::signal(SIGHUP, SIG_DFL);
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  ::ioctl(fd, TIOCSCTTY, 0);
  for (const int target : {0, 1, 2}) ::dup2(fd, target);
  if (fd > 2) ::close(fd);
  std::vector<std::string> environment{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=" + settings.locale,
                                       // Curses holds some memory to its end (curs_memleaks(3)).
                                       "ASAN_OPTIONS=detect_leaks=0", "HOME=" + folder};
  if (!settings.term.empty()) environment.push_back("TERM=" + settings.term);
  environment.insert(environment.end(), settings.environment.begin(), settings.environment.end());
  std::vector<std::string> words{settings.program.empty() ? SOCKMON_PROGRAM : settings.program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  ::execve(words.front().c_str(), pointers(words).data(), pointers(environment).data());
  ::_exit(127);
}

}  // namespace

std::string monitor_program() { return SOCKMON_PROGRAM; }

Terminal::Terminal(const std::vector<std::string>& arguments, const TerminalSettings& settings)
    : columns_(settings.columns), rows_(settings.rows) {
  winsize size{};
  size.ws_col = settings.columns;
  size.ws_row = settings.rows;
  if (::openpty(&fd_, &other_end_, nullptr, nullptr, &size) != 0)
    throw std::system_error(errno, std::generic_category(), "openpty");
  settings_before_ = settings_of(other_end_);
  vterm_ = ::vterm_new(rows_, columns_);
  ::vterm_set_utf8(vterm_, settings.locale.find("UTF-8") != std::string::npos ? 1 : 0);
  screen_ = ::vterm_obtain_screen(vterm_);
  ::vterm_screen_enable_altscreen(screen_, 1);
  ::vterm_screen_reset(screen_, 1);
  folder_ = "/tmp/sockmon-test-XXXXXX";
  if (::mkdtemp(folder_.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(fd_);
    run_program(other_end_, arguments, settings, folder_);
  }
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

Terminal::~Terminal() {
  if (!gone_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::vterm_free(vterm_);
  ::close(fd_);
  ::close(other_end_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Terminal::press(std::string_view bytes) const {
  static_cast<void>(!::write(fd_, bytes.data(), bytes.size()));
}

void Terminal::resize(unsigned short columns, unsigned short rows) {
  columns_ = columns;
  rows_ = rows;
  ::vterm_set_size(vterm_, rows, columns);
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  ::ioctl(fd_, TIOCSWINSZ, &size);
}

void Terminal::take_output(const char* bytes, std::size_t size) {
  written_.append(bytes, size);
  ::vterm_input_write(vterm_, bytes, size);
  ::vterm_screen_flush_damage(screen_);
  // Answers to questions of the program.
  std::array<char, 256> answer{};
  const std::size_t length = ::vterm_output_read(vterm_, answer.data(), answer.size());
  if (length > 0) static_cast<void>(!::write(fd_, answer.data(), length));
}

std::size_t Terminal::read_for(std::chrono::milliseconds time) {
  std::size_t total = 0;
  const auto end = Clock::now() + time;
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    pollfd source{fd_, POLLIN, 0};
    if (left.count() < 0 || ::poll(&source, 1, static_cast<int>(left.count())) <= 0) return total;
    const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
    if (size <= 0) return total;
    take_output(buffer.data(), static_cast<std::size_t>(size));
    total += static_cast<std::size_t>(size);
  }
}

bool Terminal::shows(std::string_view text) {
  const auto end = Clock::now() + Patience;
  while (screen().find(text) == std::string::npos) {
    if (Clock::now() > end) return give_up(text);
    read_for(20ms);
  }
  return true;
}

/// Leaves in the log what was there instead.
bool Terminal::give_up(std::string_view text) const {
  std::fprintf(stderr, "waited in vain for '%s'; the screen:\n%s\n", std::string(text).c_str(),
               screen().c_str());
  return false;
}

bool Terminal::shows_no_more(std::string_view text) {
  const auto end = Clock::now() + Patience;
  while (screen().find(text) != std::string::npos) {
    if (Clock::now() > end) return false;
    read_for(20ms);
  }
  return true;
}

VTermScreenCell Terminal::cell(std::size_t column, std::size_t row) const {
  VTermScreenCell cell{};
  ::vterm_screen_get_cell(screen_, {static_cast<int>(row), static_cast<int>(column)}, &cell);
  return cell;
}

std::string Terminal::line(std::size_t row) const {
  std::string text(static_cast<std::size_t>(columns_) * 8 + 8, '\0');
  const VTermRect rect{static_cast<int>(row), static_cast<int>(row) + 1, 0, columns_};
  text.resize(::vterm_screen_get_text(screen_, text.data(), text.size(), rect));
  const std::size_t end = text.find_last_not_of(" \n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

std::string Terminal::screen() const {
  std::string text;
  for (int row = 0; row < rows_; ++row) text += line(static_cast<std::size_t>(row)) + '\n';
  return text;
}

std::optional<int> Terminal::end() {
  const auto end = Clock::now() + Patience;
  while (Clock::now() < end) {
    read_for(10ms);
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) continue;
    gone_ = true;
    read_for(50ms);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  static_cast<void>(give_up("its end"));
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task"))
    for (const char* const file : {"stat", "wchan", "syscall"}) {
      std::string line;
      std::getline(std::ifstream(task.path() / file), line);
      std::fprintf(stderr, "%s %s: %s\n", task.path().filename().c_str(), file, line.c_str());
    }
  return std::nullopt;
}

bool Terminal::is_as_it_was() const { return settings_of(other_end_) == settings_before_; }

}  // namespace tui::test
