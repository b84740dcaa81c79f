// A socket for the install test to find: listens on a free port of 127.0.0.1, prints the port, and stays
// until its standard input ends.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace {

int fail(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* const place = std::addressof(address);
  if (::bind(fd, static_cast<sockaddr*>(place), size) != 0) return fail("bind");
  if (::listen(fd, 7) != 0) return fail("listen");
  if (::getsockname(fd, static_cast<sockaddr*>(place), &size) != 0) return fail("getsockname");
  std::printf("%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  char byte;
  while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
  return 0;
}
