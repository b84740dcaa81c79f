#include "differential/machine/daemons.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "support/sockets.h"

namespace sockutils::test {
namespace {

struct DaemonKind {
  const char* program;
  /// PORT, FOLDER and USER are replaced.
  std::vector<std::string> arguments;
  /// A configuration file, FOLDER/conf; the same words are replaced.
  const char* configuration = "";
  /// What has to be run before.
  std::vector<std::string> preparation = {};
};

const std::array Kinds{
    DaemonKind{"/usr/sbin/sshd",
               {"-D", "-e", "-f", "FOLDER/conf", "-h", "FOLDER/key", "-p", "PORT"},
               "ListenAddress 127.0.0.1\nPidFile none\n",
               {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "FOLDER/key"}},
    DaemonKind{"/usr/sbin/dnsmasq",
               {"--keep-in-foreground", "--conf-file=FOLDER/conf", "--user=USER", "--port=PORT"},
               "listen-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\npid-file=\n"},
    DaemonKind{
        "/usr/bin/redis-server", {"FOLDER/conf"}, "bind 127.0.0.1\nport PORT\nsave \"\"\ndir FOLDER\n"},
    DaemonKind{"/usr/bin/memcached", {"-l", "127.0.0.1", "-p", "PORT", "-u", "USER"}},
    DaemonKind{"/usr/sbin/mosquitto", {"-p", "PORT"}},
    DaemonKind{"/usr/sbin/nginx",
               {"-p", "FOLDER", "-e", "stderr", "-c", "FOLDER/conf"},
               "daemon off; worker_processes 2; pid FOLDER/pid; events {}\n"
               "http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;\n"
               "fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;\n"
               "server { listen 127.0.0.1:PORT; listen [::1]:PORT; } }\n"},
};

const DaemonKind& kind_of(const std::string& program) {
  for (const DaemonKind& kind : Kinds)
    if (kind.program == program) return kind;
  throw std::system_error(ENOENT, std::generic_category(), program);
}

std::uint16_t free_port() {
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  return SocketAddress::local_of(listener.get()).port();
}

struct Words {
  std::string port;
  std::string folder;
};

std::string filled_in(std::string text, const Words& words) {
  const passwd* user = getpwuid(geteuid());
  const std::array<std::pair<std::string, std::string>, 3> replacements{
      {{"PORT", words.port}, {"FOLDER", words.folder}, {"USER", user != nullptr ? user->pw_name : "root"}}};
  for (const auto& [word, value] : replacements)
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
      text.replace(at, word.size(), value);
  return text;
}

[[noreturn]] void execute(const std::vector<std::string>& command, const Words& words) {
  std::vector<std::string> filled;
  filled.reserve(command.size());
  for (const std::string& word : command) filled.push_back(filled_in(word, words));
  std::vector<char*> arguments;
  arguments.reserve(filled.size() + 1);
  for (std::string& word : filled) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) dup2(null, fd);
  // So that it ends together with what it forks.
  setpgid(0, 0);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

void run(const std::vector<std::string>& command, const Words& words) {
  const pid_t pid = checked(fork(), "fork");
  if (pid == 0) execute(command, words);
  checked(waitpid(pid, nullptr, 0), "waitpid");
}

bool is_listening(std::uint16_t port) {
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  const SocketAddress address = loopback(AF_INET, port);
  return connect(client.get(), address.get(), address.size()) == 0;
}

/// Leaves it to be reaped.
bool has_ended(pid_t pid) {
  siginfo_t status{};
  return waitid(P_PID, static_cast<id_t>(pid), &status, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         status.si_pid == pid;
}

}  // namespace

Daemon::Daemon(const std::string& program) : program_(program), port_(free_port()) {
  const DaemonKind& kind = kind_of(program);
  const Words words{std::to_string(port_), folder_.path()};
  std::ofstream(folder_.path() + "/conf") << filled_in(kind.configuration, words);
  if (!kind.preparation.empty()) run(kind.preparation, words);
  std::vector<std::string> command{program};
  command.insert(command.end(), kind.arguments.begin(), kind.arguments.end());
  child_ = std::make_unique<Child>([] {}, [&] { execute(command, words); });
  eventually([&] { return is_listening(port_) || has_ended(pid()); });
  if (is_listening(port_)) return;
  kill(-pid(), SIGKILL);
  throw std::runtime_error(program + " does not start here");
}

Daemon::~Daemon() { kill(-pid(), SIGKILL); }

std::string Daemon::name() const { return std::filesystem::path(program_).filename().string(); }

std::vector<std::string> installed_daemons() {
  std::vector<std::string> installed;
  for (const DaemonKind& kind : Kinds)
    if (access(kind.program, X_OK) == 0) installed.emplace_back(kind.program);
  return installed;
}

std::string known_daemons() {
  std::string names;
  for (const DaemonKind& kind : Kinds) names += std::string(names.empty() ? "" : ", ") + kind.program;
  return names;
}

}  // namespace sockutils::test
