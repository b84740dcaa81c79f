// What becomes of a log that nobody reads.

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "cli/program.h"
#include "sockprobed/log_output.h"
#include "support/catch.h"

namespace cli::sockprobed_log_test {
namespace {

using tools::sockprobed::LogOutput;
using namespace std::chrono_literals;

/// A reader that reads when it is told to.
class Reader {
 public:
  explicit Reader(bool is_socket) {
    REQUIRE((is_socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) : ::pipe(ends_.data())) == 0);
  }
  ~Reader() {
    for (const int end : ends_)
      if (end >= 0) ::close(end);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  int writing() const { return ends_[1]; }
  /// All that is there.
  std::string read() const {
    std::string text;
    std::array<char, 4096> buffer{};
    pollfd source{ends_[0], POLLIN, 0};
    while (::poll(&source, 1, 0) > 0) {
      const ssize_t size = ::read(ends_[0], buffer.data(), buffer.size());
      if (size <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  void go_away() {
    ::close(ends_[0]);
    ends_[0] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::string loss_line(std::size_t lines) { return "lost " + std::to_string(lines) + "\n"; }

/// Lines up to `number`, and those that are said to be lost, in their order.
std::size_t account_for(const std::string& text) {
  std::size_t next = 0;
  for (const std::string& line : lines(text)) {
    INFO(line);
    if (line.starts_with("lost ")) {
      next += std::stoul(line.substr(5));
    } else {
      CHECK(line == "line " + std::to_string(next));
      ++next;
    }
  }
  return next;
}

TEST_CASE("a log that nobody reads holds nobody up, and every line is there in the end or counted as lost") {
  for (const bool is_socket : {false, true}) {
    INFO((is_socket ? "a socket" : "a pipe"));
    const Reader reader(is_socket);
    LogOutput log(reader.writing(), loss_line);
    constexpr std::size_t Lines = 100'000;
    for (std::size_t i = 0; i < Lines; ++i) log.write("line " + std::to_string(i) + "\n");
    CHECK(log.is_behind());
    CHECK((::fcntl(reader.writing(), F_GETFL) & O_NONBLOCK) == 0);
    std::string text;
    for (int round = 0; round < 100 && log.is_behind(); ++round) {
      text += reader.read();
      log.flush();
    }
    text += reader.read();
    CHECK(text.find("lost ") != std::string::npos);
    CHECK(account_for(text) == Lines);
    CHECK_FALSE(log.is_behind());
    log.write("line " + std::to_string(Lines) + "\n");
    CHECK(reader.read() == "line " + std::to_string(Lines) + "\n");
  }
}

TEST_CASE("at its end a log waits for its reader for a moment, and then counts what is lost") {
  const Reader reader(false);
  LogOutput log(reader.writing(), loss_line);
  log.write("one\n");
  CHECK(log.finish(1ms) == 0);
  for (int i = 0; i < 100'000; ++i) log.write("another\n");
  CHECK(log.finish(1ms) > 1000);
}

TEST_CASE("a socket whose reader is gone loses its lines, and does not end the program") {
  Reader reader(true);
  LogOutput log(reader.writing(), loss_line);
  reader.go_away();
  log.write("one\n");
  log.write("two\n");
  CHECK(log.error().has_value());
  CHECK(log.finish(1ms) == 2);
}

/// Whether the server there still says what it has to say.
bool greets(unsigned short port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<char, 100> words{};
  pollfd source{fd, POLLIN, 0};
  const bool greeted =
      ::connect(fd, reinterpret_cast<const sockaddr*>(std::addressof(address)), sizeof address) == 0 &&
      ::poll(&source, 1, 10'000) == 1 && ::read(fd, words.data(), words.size()) > 0;
  // With a reset: connections that are remembered for a minute would be in the way of other tests.
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
  return greeted;
}

/// The smallest there is, as far as nothing waits in it.
void narrow_output_of(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/fd/1";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fcntl(fd, F_SETPIPE_SZ, 4096);
  ::close(fd);
}

TEST_CASE("sockprobed serves on while nobody reads its log, and ends when it is told to") {
  Server server({"--no-control", "--log=json", "--serve", "tcp-banner:0:\"here I am\""});
  const std::string& log = server.read_until("\"port\":");
  const std::size_t at = log.find("\"port\":") + 7;
  const auto port = static_cast<unsigned short>(std::stoul(log.substr(at)));
  // More than any pipe has room for, and the server's own: each is two lines of a log that tells at most
  // fifty of a kind in a second.
  narrow_output_of(server.pid());
  const auto end = std::chrono::steady_clock::now() + 3s;
  std::size_t refused = 0;
  while (std::chrono::steady_clock::now() < end) {
    refused += greets(port) ? 0u : 1u;
    std::this_thread::sleep_for(5ms);
  }
  CHECK(refused == 0);
  ::kill(server.pid(), SIGTERM);
  CHECK(server.finish().status == 0);
}

}  // namespace
}  // namespace cli::sockprobed_log_test
