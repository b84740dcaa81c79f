/// Connects to a server as fast as that goes, and sees what becomes of another client meanwhile, and of the
/// server.
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "load.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t Port = 7007;

sockaddr_in address_of(std::uint32_t host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(Port);
  return address;
}

/// From one of very many addresses of loopback, so that what the server bears from each is not what is
/// measured.
int connect_from(std::uint32_t source) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in from = address_of(source);
  from.sin_port = 0;
  const sockaddr_in to = address_of(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(std::addressof(from)), sizeof from) == 0 &&
      ::connect(fd, reinterpret_cast<const sockaddr*>(std::addressof(to)), sizeof to) == 0)
    return fd;
  ::close(fd);
  return -1;
}

/// Milliseconds to an echo; below zero: none came.
double echo(int fd) {
  const auto begin = Clock::now();
  char byte = 'x';
  pollfd source{fd, POLLIN, 0};
  if (::send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || ::poll(&source, 1, 5000) != 1 || ::read(fd, &byte, 1) != 1)
    return -1;
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

pid_t start_server(const std::string& program) {
  const pid_t pid = ::fork();
  if (pid < 0) bench::fail("fork", errno);
  if (pid > 0) return pid;
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 1);
  const std::string service = "tcp-echo:" + std::to_string(Port);
  ::execl(program.c_str(), program.c_str(), "--no-control", "--listen", "127.0.0.1", "--serve",
          service.c_str(), "--max-connections", "1000", nullptr);
  std::_Exit(127);
}

int first_client() {
  for (int attempt = 0; attempt < 500; ++attempt) {
    if (const int fd = connect_from(INADDR_LOOPBACK); fd >= 0) return fd;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  bench::fail("the server does not start", ETIMEDOUT);
}

std::string status_of(pid_t pid, std::string_view name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name)) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  return "?";
}

std::size_t descriptors_of(pid_t pid) {
  std::error_code ignored;
  const auto files = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", ignored);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

struct Figures {
  std::size_t connected = 0;
  std::size_t failed = 0;
  std::size_t most_descriptors = 0;
  std::vector<double> echoes;
  std::size_t echoes_lost = 0;
};

/// Connections that this process can hold.
std::size_t most_held() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  constexpr rlim_t Spare = 64;
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_max - Spare, 20'000));
}

enum class Manner { Brief, Idle, Garbage };

/// Connections for `time`: gone at once, held in silence, or full of what nobody asked for.
void storm(Manner manner, std::chrono::seconds time, std::atomic<std::size_t>& connected,
           std::atomic<std::size_t>& failed) {
  std::deque<int> held;
  const std::size_t most = most_held();
  const std::string garbage(2000, '\xff');
  std::uint32_t source = 0x7f010001;
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
    const int fd = connect_from(source);
    source = source == 0x7f0fffff ? 0x7f010001 : source + 1;
    ++(fd >= 0 ? connected : failed);
    if (fd < 0) continue;
    if (manner == Manner::Garbage)
      static_cast<void>(::send(fd, garbage.data(), garbage.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    held.push_back(fd);
    const std::size_t keep = manner == Manner::Idle ? most : 0;
    while (held.size() > keep) {
      ::close(held.front());
      held.pop_front();
    }
  }
  for (const int fd : held) ::close(fd);
}

/// Somebody who works with the server as he did before, and looks at it. Sent away, he comes again.
Figures measure(pid_t server, int client, Manner manner, std::chrono::seconds time) {
  Figures figures;
  std::atomic<std::size_t> connected = 0;
  std::atomic<std::size_t> failed = 0;
  std::atomic<bool> over = false;
  std::thread storming([&] {
    storm(manner, time, connected, failed);
    over = true;
  });
  while (!over) {
    if (const double milliseconds = echo(client); milliseconds >= 0) {
      figures.echoes.push_back(milliseconds);
    } else {
      ++figures.echoes_lost;
      ::close(client);
      client = first_client();
    }
    figures.most_descriptors = std::max(figures.most_descriptors, descriptors_of(server));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  storming.join();
  ::close(client);
  figures.connected = connected;
  figures.failed = failed;
  std::sort(figures.echoes.begin(), figures.echoes.end());
  return figures;
}

double percentile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return -1;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

void run(const std::string& program, Manner manner, std::string_view name, std::chrono::seconds time) {
  const pid_t server = start_server(program);
  const int client = first_client();
  const std::string before = status_of(server, "VmRSS:");
  const Figures figures = measure(server, client, manner, time);
  fmt::print("{}, {} s\n", name, time.count());
  fmt::print("  connections           {:>9} a second, {} refused\n",
             figures.connected / static_cast<std::size_t>(time.count()), figures.failed);
  fmt::print("  memory                {:>9} before, at most {}\n", before, status_of(server, "VmHWM:"));
  fmt::print("  open files, at most   {:>9}\n", figures.most_descriptors);
  fmt::print(
      "  another client's echo {:>6.2f} ms median, {:.2f} ms p99, {:.2f} ms worst of {}, {} unanswered\n",
      percentile(figures.echoes, 0.5), percentile(figures.echoes, 0.99), percentile(figures.echoes, 1),
      figures.echoes.size(), figures.echoes_lost);
  const auto begin = Clock::now();
  ::kill(server, SIGTERM);
  int status = 0;
  ::waitpid(server, &status, 0);
  fmt::print("  ends after SIGTERM in {:>6.0f} ms, with status {}\n",
             std::chrono::duration<double, std::milli>(Clock::now() - begin).count(),
             WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::string tools = ".";
  auto time = std::chrono::seconds(10);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      time = std::chrono::seconds(2);
    } else if (word == "--tools" && i + 1 < argc) {
      tools = argv[++i];
    } else {
      return fmt::print(stderr, "usage: storm_bench [--tools FOLDER] [--quick]\n"), 2;
    }
  }
  bench::enter_private_network();
  const std::size_t most = most_held();
  run(tools + "/sockprobed", Manner::Brief, "connections that are gone at once", time);
  run(tools + "/sockprobed", Manner::Idle,
      fmt::format("connections that say nothing, up to {} held at once", most), time);
  run(tools + "/sockprobed", Manner::Garbage, "connections that send garbage and go", time);
  return 0;
}
