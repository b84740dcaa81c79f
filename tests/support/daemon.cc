#include "support/daemon.h"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test {
namespace {

using namespace std::chrono_literals;

/// Who has nothing, on every system.
constexpr uid_t Nobody = 65534;

/// Who runs it.
uid_t user_of(const DaemonKind& kind) { return geteuid() == 0 && kind.refuses_root ? Nobody : geteuid(); }

std::string filled_in(std::string text, const std::string& folder, std::uint16_t port, uid_t user) {
  const passwd* const entry = getpwuid(user);
  const std::array<std::pair<std::string, std::string>, 3> replacements{
      {{"PORT", std::to_string(port)},
       {"FOLDER", folder},
       {"USER", entry != nullptr ? entry->pw_name : "root"}}};
  for (const auto& [word, value] : replacements)
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
      text.replace(at, word.size(), value);
  return text;
}

void become(uid_t user) {
  if (user == geteuid()) return;
  checked(setresgid(user, user, user), "setresgid");
  checked(setresuid(user, user, user), "setresuid");
  // Another user's process has lost it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void enter_network(const UniqueFd& network) {
  if (network) checked(setns(network.get(), CLONE_NEWNET), "setns");
}

[[noreturn]] void execute(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

/// Standard input, output and error; nothing else goes on to a daemon.
void redirect(const std::string& output) {
  const int null = open("/dev/null", O_RDONLY);
  const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(null, 0);
  dup2(file, 1);
  dup2(file, 2);
  close_range(3, ~0u, 0);
}

bool prepare(const std::string& command) { return command.empty() || std::system(command.c_str()) == 0; }

/// Leaves it to be reaped.
bool has_ended(pid_t pid) {
  siginfo_t status{};
  return waitid(P_PID, static_cast<id_t>(pid), &status, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         status.si_pid == pid;
}

UniqueFd network_of(pid_t pid) {
  if (pid == 0) return {};
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  return UniqueFd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open"));
}

}  // namespace

std::string DaemonKind::name() const { return std::filesystem::path(program).filename().string(); }
bool DaemonKind::is_installed() const { return access(program.c_str(), X_OK) == 0; }

Daemon::Daemon(const DaemonKind& kind, std::uint16_t port, pid_t network)
    : kind_(kind), port_(port), network_(network) {
  const uid_t user = user_of(kind);
  const auto fill = [&](const std::string& text) { return filled_in(text, folder_.path(), port_, user); };
  std::ofstream(folder_.path() + "/conf") << fill(kind.configuration);
  std::vector<std::string> command{kind.program};
  for (const std::string& word : kind.arguments) command.push_back(fill(word));
  for (const char* file : {"", "/conf"})
    if (user != geteuid()) checked(chown((folder_.path() + file).c_str(), user, user), "chown");
  const std::string preparation = fill(kind.preparation);
  const UniqueFd net = network_of(network);
  child_ = std::make_unique<Child>([] {},
                                   [&] {
                                     // So that it ends together with what it forks.
                                     setpgid(0, 0);
                                     enter_network(net);
                                     become(user);
                                     redirect(folder_.path() + "/output");
                                     checked(chdir(folder_.path().c_str()), "chdir");
                                     if (!prepare(preparation)) _exit(126);
                                     execute(command);
                                   });
}

Daemon::~Daemon() {
  // Some have children in groups of their own, which they end when they are asked to end themselves.
  kill(pid(), SIGTERM);
  eventually([&] { return has_ended(pid()); }, 3s);
  kill(-pid(), SIGKILL);
}

bool Daemon::accepts() const {
  bool accepted = false;
  const auto connect_once = [&] {
    const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
    const SocketAddress address = loopback(AF_INET, port_);
    accepted = connect(client.get(), address.get(), address.size()) == 0;
  };
  network_ == 0 ? connect_once() : in_network_of(network_, connect_once);
  return accepted;
}

bool Daemon::listens() const {
  bool accepted = false;
  eventually([&] { return (accepted = accepts()) || has_ended(pid()); }, 30s);
  return accepted;
}

std::string Daemon::words() const {
  std::ostringstream text;
  for (const char* file : {"/output", "/log"})
    if (const std::ifstream in(folder_.path() + file); in) text << in.rdbuf();
  std::string words = text.str();
  std::replace(words.begin(), words.end(), '\n', ' ');
  constexpr std::size_t Most = 300;
  return words.size() > Most ? "..." + words.substr(words.size() - Most) : words;
}

std::uint16_t free_port() {
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  return SocketAddress::local_of(listener.get()).port();
}

}  // namespace sockutils::test
