#include "cli/program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace cli {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  return ends;
}

/// The master first. It passes bytes through as they are.
std::array<int, 2> make_terminal(unsigned short width) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) fail("posix_openpt");
  std::array<char, 64> name{};
  if (::ptsname_r(master, name.data(), name.size()) != 0) fail("ptsname_r");
  const int slave = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios mode{};
  if (slave < 0 || ::tcgetattr(slave, &mode) != 0) fail("open terminal");
  ::cfmakeraw(&mode);
  ::tcsetattr(slave, TCSANOW, &mode);
  const winsize size{.ws_row = 24, .ws_col = width, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(slave, TIOCSWINSZ, &size) != 0) fail("TIOCSWINSZ");
  return {master, slave};
}

bool is_left_out(std::string_view variable) {
  for (const std::string_view name : {"COLUMNS=", "NO_COLOR=", "TERM=", "LANG=", "LC_"}) {
    if (variable.starts_with(name)) return true;
  }
  return false;
}

std::vector<std::string> make_environment(const std::vector<std::string>& added) {
  std::vector<std::string> result{"TERM=xterm", "LANG=C.UTF-8"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_left_out(*variable)) result.emplace_back(*variable);
  }
  // The first of several with one name counts.
  result.insert(result.begin(), added.begin(), added.end());
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

/// The ends of standard output: ours to read, and the program's.
std::array<int, 2> make_output(const Surroundings& surroundings) {
  if (surroundings.terminal_width) return make_terminal(*surroundings.terminal_width);
  if (surroundings.output_file.empty()) return make_pipe();
  const int file = ::open(surroundings.output_file.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) fail("open " + surroundings.output_file);
  return {-1, file};
}

pid_t spawn(std::vector<std::string> words, const Surroundings& surroundings, int out, int err) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  surroundings.output_closed ? ::posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO)
                             : ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  std::vector<std::string> environment = make_environment(surroundings.environment);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                   pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("posix_spawn " + words[0] + ": " + std::strerror(error));
  return pid;
}

/// False at the end. A terminal whose other side was closed gives EIO.
bool read_some(int fd, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void close_if_open(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  std::vector<std::string> words = surroundings.wrapper;
  words.push_back(surroundings.program.empty() ? SOCKLS_PROGRAM : surroundings.program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto out = make_output(surroundings);
  const auto err = make_pipe();
  if (surroundings.output_unread) close_if_open(out[0]);
  pid_ = spawn(std::move(words), surroundings, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Program::~Program() {
  close_if_open(out_);
  close_if_open(err_);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

const std::string& Program::read_until(const std::function<bool(const std::string&)>& enough,
                                       std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (out_ >= 0 && !enough(read_) && std::chrono::steady_clock::now() < deadline) {
    pollfd ready{out_, POLLIN, 0};
    if (::poll(&ready, 1, 100) > 0 && !read_some(out_, read_)) close_if_open(out_);
  }
  return read_;
}

const std::string& Program::read_until(const std::string& text, std::chrono::milliseconds limit) {
  return read_until([&](const std::string& read) { return read.find(text) != std::string::npos; }, limit);
}

Result Program::finish() {
  Result result;
  result.out = std::exchange(read_, {});
  while (out_ >= 0 || err_ >= 0) {
    std::array<pollfd, 2> ready{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), -1) < 0) fail("poll");
    if (ready[0].revents != 0 && !read_some(out_, result.out)) close_if_open(out_);
    if (ready[1].revents != 0 && !read_some(err_, result.err)) close_if_open(err_);
  }
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) fail("waitpid");
  pid_ = -1;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return result;
}

Result sockls(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  return Program(arguments, surroundings).finish();
}

Result command(const std::vector<std::string>& words) {
  // The program itself becomes the first operand, and is shifted away.
  Surroundings surroundings;
  surroundings.wrapper = {"sh", "-c", "shift; exec \"$@\"", "sh"};
  return Program(words, surroundings).finish();
}

std::string sockmon_program() { return SOCKMON_PROGRAM; }

Server::Server(const std::vector<std::string>& arguments)
    : Program(arguments, {.program = SOCKPROBED_PROGRAM}) {}

std::string sockprobe_program() { return SOCKPROBE_PROGRAM; }
std::string sockprobed_program() { return SOCKPROBED_PROGRAM; }

Result sockprobe(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  Surroundings with = surroundings;
  with.program = sockprobe_program();
  return Program(arguments, with).finish();
}

Listener::Listener(unsigned short port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  if (fd_ < 0 || ::bind(fd_, generic, length) != 0 || ::listen(fd_, 5) != 0) fail("listen");
  ::getsockname(fd_, generic, &length);
  port_ = ntohs(address.sin_port);
}

Listener::~Listener() { ::close(fd_); }

bool Listener::take_a_connection() const {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ::getsockname(fd_, generic, &length);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(client, generic, length) == 0;
  const int server = connected ? ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC) : -1;
  ::close(client);
  if (server >= 0) ::close(server);
  return server >= 0;
}

bool is_root() { return ::geteuid() == 0; }

const std::vector<std::string> AsNobody{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};

std::string nobody_cannot_run() {
  if (!is_root()) return "needs root, to become somebody else";
  const bool runs = sockls({"--version"}, {.wrapper = AsNobody}).status == 0;
  return runs ? "" : "an ordinary user may not enter the build folder";
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

}  // namespace cli
