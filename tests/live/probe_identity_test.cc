// Servers that speak as their kind does, over loopback.

#include <netinet/in.h>
#include <poll.h>

#include <thread>

#include "sockutils/probe.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::probe_identity_test {
namespace {

/// Serves one client after the other, as a small daemon does: what it says at first, and what it answers to
/// anything. Keeps what it was asked.
class Server {
 public:
  Server(std::uint16_t port, std::string greeting, std::string answer, bool hangs_up = true)
      : greeting_(std::move(greeting)), answer_(std::move(answer)), hangs_up_(hangs_up) {
    listener_ = make_socket(AF_INET, SOCK_STREAM);
    set_option(listener_, SOL_SOCKET, SO_REUSEADDR, 1);
    bind_to(listener_, loopback(AF_INET, port));
    listen_on(listener_, 20);
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    if (thread_.joinable()) stop();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return SocketAddress::local_of(listener_.get()).port(); }
  /// All that was said to it. It serves nobody afterwards.
  std::string stop() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    return heard_;
  }
  bool was_reset() const { return reset_; }

 private:
  void serve() {
    for (;;) {
      const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      if (!greeting_.empty()) send_text(client, greeting_);
      std::array<char, 4096> buffer{};
      for (bool answered = false;;) {
        const ssize_t size = ::recv(client.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) reset_ = true;
        if (size <= 0) break;
        heard_.append(buffer.data(), static_cast<std::size_t>(size));
        if (!answered && !answer_.empty()) send_text(client, answer_);
        answered = true;
        if (hangs_up_) break;
      }
    }
  }

  std::string greeting_;
  std::string answer_;
  bool hangs_up_;
  UniqueFd listener_;
  std::string heard_;
  bool reset_ = false;
  std::thread thread_;
};

ProbeResult ask(std::uint16_t port) {
  std::vector<ProbeHost> hosts;
  REQUIRE(add_probe_hosts(hosts, "127.0.0.1", {}));
  ProbeResult found;
  REQUIRE(probe_ports(hosts, {{Protocol::Tcp, port}}, {}, [&](ProbeResult&& result) {
    found = std::move(result);
    return true;
  }));
  CHECK(found.state == PortState::Open);
  return found;
}

TEST_CASE("a music player is recognised by its greeting, and told nothing") {
  REQUIRE_PRIVATE_NETWORK();
  Server server(6600, "OK MPD 0.23.5\n", "");
  const ProbeResult result = ask(6600);
  REQUIRE(result.identity);
  CHECK(*result.identity == ServiceIdentity{"mpd", "MPD protocol", "0.23.5"});
  CHECK(result.times.first_byte);
  CHECK(server.stop().empty());
}

TEST_CASE("a home automation daemon is asked for its state and nothing else, and never reset") {
  REQUIRE_PRIVATE_NETWORK();
  Server server(5001, "", "1 open 2 closed");
  const ProbeResult result = ask(5001);
  REQUIRE(result.identity);
  CHECK(result.identity->name == "pipicswd");
  CHECK(server.stop() == "status");
  CHECK_FALSE(server.was_reset());
}

TEST_CASE("nothing is ever sent to a printer, or to a silent music player's port but to listen") {
  REQUIRE_PRIVATE_NETWORK();
  for (const unsigned number : {9100u, 6600u}) {
    const auto port = static_cast<std::uint16_t>(number);
    Server server(port, "", "", false);
    CHECK_FALSE(ask(port).identity);
    CHECK(server.stop().empty());
  }
}

TEST_CASE("a web server on any port is found by asking") {
  REQUIRE_PRIVATE_NETWORK();
  Server server(0, "", "HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n\r\n");
  const ProbeResult result = ask(server.port());
  REQUIRE(result.identity);
  CHECK(*result.identity == ServiceIdentity{"http", "nginx", "1.22.1"});
}

TEST_CASE("a server that speaks in an unknown tongue is asked nothing") {
  REQUIRE_PRIVATE_NETWORK();
  Server server(0, "xyzzy\n", "", false);
  CHECK_FALSE(ask(server.port()).identity);
  CHECK(server.stop().empty());
}

TEST_CASE("an endless answer comes to an end") {
  REQUIRE_PRIVATE_NETWORK();
  Server server(0, std::string(100'000, 'x'), "", false);
  CHECK_FALSE(ask(server.port()).identity);
}

}  // namespace
}  // namespace sockutils::test::probe_identity_test
