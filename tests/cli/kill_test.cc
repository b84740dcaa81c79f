// --kill, as a person and as a script use it.

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace kill_test {
namespace {

/// A connection to a listener, from the client's side.
class Client {
 public:
  explicit Client(unsigned short port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string filter() const { return "sport = " + std::to_string(port_); }
  int error() const {
    int code = 0;
    socklen_t length = sizeof code;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &length);
    return code;
  }

 private:
  int fd_;
  unsigned short port_ = 0;
};

/// A terminal for standard input, with an answer typed ahead.
class Typist {
 public:
  explicit Typist(const std::string& answer) : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(master_ >= 0);
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    std::array<char, 64> name{};
    REQUIRE(::ptsname_r(master_, name.data(), name.size()) == 0);
    name_ = name.data();
    slave_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(::write(master_, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
  }
  ~Typist() {
    ::close(slave_);
    ::close(master_);
  }
  Typist(const Typist&) = delete;
  Typist& operator=(const Typist&) = delete;

  cli::Surroundings surroundings() const { return {.wrapper = {"sh", "-c", "exec \"$@\" <" + name_, "sh"}}; }

 private:
  int master_;
  int slave_ = -1;
  std::string name_;
};

#define REQUIRE_ROOT() \
  if (!cli::is_root()) SKIP_OUT_LOUD("needs root, to close sockets of this namespace")

}  // namespace

TEST_CASE("a kill without a filter is refused") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"-K"}, {"-K", "--yes"}, {"-K", "-t", "--yes"}, {"-K", "--yes", " "}}) {
    const cli::Result result = sockls(words);
    CHECK(result.status == 2);
    CHECK_THAT(result.err, Contains("filter"));
    CHECK(result.out.empty());
  }
}

TEST_CASE("where nobody can be asked a kill shows what it would close, and closes nothing") {
  const cli::Listener listener;
  const Client client(listener.port());
  const cli::Result result = sockls({"-K", "-t", client.filter()});
  CHECK(result.status == 2);
  CHECK(cli::lines(result.out).size() == 2);
  CHECK_THAT(result.err, Contains("nothing was closed") && Contains("--yes"));
  CHECK(client.error() == 0);
  CHECK(sockls({"-K", "-t", "--json", client.filter()}).status == 2);
}

TEST_CASE("a kill closes one connection of several alike") {
  REQUIRE_ROOT();
  const cli::Listener listener;
  const Client first(listener.port());
  const Client second(listener.port());
  const Client third(listener.port());
  const cli::Result result = sockls({"-K", "-tn", "--yes", second.filter()});
  CHECK(result.status == 0);
  CHECK(cli::lines(result.out).size() == 2);
  CHECK(result.err == "sockls: closed 1 socket\n");
  CHECK(first.error() == 0);
  CHECK(second.error() == ECONNABORTED);
  CHECK(third.error() == 0);
  CHECK(sockls({"-K", "-tn", "--yes", second.filter()}).status == 1);
}

TEST_CASE("a person is asked, and only yes is yes") {
  REQUIRE_ROOT();
  const cli::Listener listener;
  const Client client(listener.port());
  for (const std::string answer : {"\n", "n\n", "nay\n", "yesterday\n"}) {
    const Typist typist(answer);
    const cli::Result result = sockls({"-K", "-tn", client.filter()}, typist.surroundings());
    CHECK(result.status == 1);
    CHECK_THAT(result.err, Contains("close 1 socket? [y/N]") && Contains("nothing was closed"));
    CHECK(client.error() == 0);
  }
  const Typist typist("y\n");
  const cli::Result result = sockls({"-K", "-tn", client.filter()}, typist.surroundings());
  CHECK(result.status == 0);
  CHECK(client.error() == ECONNABORTED);
}

TEST_CASE("a kill without privilege reports each refusal, and what would help") {
  REQUIRE_ROOT();
  const cli::Listener listener;
  const Client client(listener.port());
  // The program is where that user cannot reach it: capabilities go, the user stays.
  const cli::Result result = sockls({"-K", "-tn", "--yes", client.filter()},
                                    {.wrapper = {"setpriv", "--bounding-set=-net_admin", "--inh-caps=-all"}});
  CHECK(result.status == 3);
  CHECK_THAT(result.err, Contains("Operation not permitted") && Contains("CAP_NET_ADMIN") &&
                             Contains("closed 0 sockets"));
  CHECK(client.error() == 0);
}

TEST_CASE("sockets that cannot be closed are said to be so") {
  const cli::Result result = sockls({"-K", "-x", "--yes", "--jsonl", "--columns=protocol", "inode > 0"});
  if (result.out.empty()) return;  // not one unix socket on this machine
  CHECK(result.status == 3);
  CHECK_THAT(result.out, Contains("\"outcome\":\"unsupported\"") && !Contains("\"closed\""));
  CHECK_THAT(result.err, Contains("cannot be closed: only TCP and UDP can"));
}

TEST_CASE("a UDP socket that stays bound is not called closed") {
  REQUIRE_ROOT();
  // A port that the kernel chose is given up; one that was asked for is kept.
  const unsigned short port = cli::Listener().port();
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const cli::Result udp =
      sockls({"-K", "-u", "--yes", "--jsonl", "--columns=protocol", "sport = " + std::to_string(port)});
  ::close(fd);
  CHECK(udp.status == 3);
  CHECK(udp.out == "{\"protocol\":\"udp\",\"outcome\":\"open\"}\n");
  CHECK_THAT(udp.err, Contains("stayed open"));
}

TEST_CASE("a listener that listens no more is closed") {
  REQUIRE_ROOT();
  const cli::Listener listener;
  const cli::Result result = sockls(
      {"-K", "-tl", "--yes", "--jsonl", "--columns=state", "sport = " + std::to_string(listener.port())});
  CHECK(result.status == 0);
  CHECK(result.out == "{\"state\":\"listen\",\"outcome\":\"closed\"}\n");
}

}  // namespace kill_test
