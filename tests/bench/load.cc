#include "load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace bench {
namespace {

/// Below the number of ephemeral ports, of which every connection to one address and port takes one.
constexpr std::size_t ConnectionsPerListener = 20'000;

void write_file(const char* path, const char* text) {
  std::FILE* const file = std::fopen(path, "w");
  if (file == nullptr || std::fputs(text, file) < 0 || std::fclose(file) != 0) fail(path, errno);
}

void raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_max, wanted);
  limit.rlim_max = limit.rlim_cur;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) fail("more open files", errno);
}

int new_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket", errno);
  return fd;
}

/// A listener at a loopback address of its own, and connections to it.
void open_connections(std::size_t number, std::size_t count) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0x7f010000u + static_cast<std::uint32_t>(number) + 1);
  address.sin_port = htons(8080);
  void* const place = std::addressof(address);
  const auto* const where = static_cast<const sockaddr*>(place);
  const int listener = new_socket();
  // The connections of the load before may still be closing.
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(listener, where, sizeof address) != 0) fail("bind", errno);
  if (::listen(listener, SOMAXCONN) != 0) fail("listen", errno);
  for (std::size_t i = 0; i < count; ++i) {
    if (::connect(new_socket(), where, sizeof address) != 0) fail("connect", errno);
    if (::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC) < 0) fail("accept", errno);
  }
}

void open_sockets(std::size_t process, std::size_t sockets) {
  raise_descriptor_limit(sockets + 64);
  std::size_t connections = sockets / 2;
  for (std::size_t i = 0; connections > 0; ++i) {
    const std::size_t now = std::min(connections, ConnectionsPerListener);
    // Room for 64 listeners a process, each with an address of its own.
    open_connections(process * 64 + i, now);
    connections -= now;
  }
}

/// What a process of the load says of itself.
constexpr char Holds = 1;
constexpr char Failed = 0;

/// Where it says so; the others have it open too, so that its end alone would not be noticed.
int said_to = -1;
void say_failed() { static_cast<void>(!::write(said_to, &Failed, 1)); }

/// A process of the load: opens its share, says so, and waits for its end.
[[noreturn]] void hold_sockets(std::size_t process, std::size_t sockets, int ready, int hold) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  said_to = ready;
  std::atexit(say_failed);
  open_sockets(process, sockets);
  if (::write(ready, &Holds, 1) != 1) std::_Exit(3);
  char byte = 0;
  while (::read(hold, &byte, 1) < 0 && errno == EINTR) {
  }
  std::_Exit(0);
}

}  // namespace

void fail(const char* what, int error) {
  std::fprintf(stderr, "bench: %s: %s\n", what, std::strerror(error));
  std::exit(3);
}

void enter_private_network() {
  const unsigned uid = ::getuid();
  const unsigned gid = ::getgid();
  if (uid == 0) {
    if (::unshare(CLONE_NEWNET) != 0) fail("a network namespace of its own", errno);
  } else {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) fail("a network namespace of its own", errno);
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", ("0 " + std::to_string(uid) + " 1").c_str());
    write_file("/proc/self/gid_map", ("0 " + std::to_string(gid) + " 1").c_str());
  }
  const int fd = new_socket();
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(fd, SIOCSIFFLAGS, &request) != 0) fail("loopback", errno);
  ::close(fd);
}

Listeners::Listeners(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    sockets_.push_back(new_socket());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Below the ephemeral ports, which connections take.
    address.sin_port = htons(static_cast<std::uint16_t>(1000 + i * (30'000 / count)));
    void* const place = std::addressof(address);
    if (::bind(sockets_.back(), static_cast<const sockaddr*>(place), sizeof address) != 0)
      fail("bind", errno);
    if (::listen(sockets_.back(), 128) != 0) fail("listen", errno);
  }
}

Listeners::~Listeners() {
  for (const int socket : sockets_) ::close(socket);
}

Load::Load(LoadSize size) {
  if (size.sockets == 0) return;
  int ready[2];
  int hold[2];
  if (::pipe2(ready, O_CLOEXEC) != 0 || ::pipe2(hold, O_CLOEXEC) != 0) fail("pipe", errno);
  for (std::size_t i = 0; i < size.processes; ++i) {
    const pid_t pid = ::fork();
    if (pid < 0) fail("fork", errno);
    if (pid == 0) {
      ::close(hold[1]);
      hold_sockets(i, size.sockets / size.processes, ready[1], hold[0]);
    }
    processes_.push_back(pid);
  }
  ::close(ready[1]);
  ::close(hold[0]);
  hold_ = hold[1];
  for (std::size_t i = 0; i < size.processes; ++i) {
    char said = Failed;
    if (::read(ready[0], &said, 1) != 1 || said != Holds) fail("the load did not start", ECHILD);
  }
  ::close(ready[0]);
}

Load::~Load() {
  if (hold_ >= 0) ::close(hold_);
  for (const pid_t pid : processes_) ::waitpid(pid, nullptr, 0);
}

}  // namespace bench
