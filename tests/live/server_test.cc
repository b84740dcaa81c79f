// A test server, its clients, and those that are no good.

#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "sockutils/probe.h"
#include "sockutils/serve.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/server.h"
#include "support/sockets.h"

namespace sockutils::test::server_test {
namespace {

ServerOptions serving(std::string_view list) {
  ServerOptions options;
  REQUIRE(add_test_services(options.services, list));
  return options;
}

UniqueFd connect_from(const char* address, std::uint16_t port) {
  UniqueFd fd = make_socket(AF_INET, SOCK_STREAM);
  set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  bind_to(fd, SocketAddress::v4(address));
  connect_to(fd, SocketAddress::v4("127.0.0.1", port));
  return fd;
}

/// What comes until `size` bytes are there, the end, or some seconds are over.
std::string receive(const UniqueFd& fd, std::size_t size) {
  std::string text;
  std::array<char, 65536> room{};
  while (text.size() < size) {
    pollfd ready{fd.get(), POLLIN, 0};
    if (::poll(&ready, 1, 20'000) != 1) break;
    const ssize_t count = ::recv(fd.get(), room.data(), std::min(room.size(), size - text.size()), 0);
    if (count <= 0) break;
    text.append(room.data(), static_cast<std::size_t>(count));
  }
  return text;
}

bool is_echoed(const UniqueFd& fd, const std::string& text) {
  send_text(fd, text);
  return receive(fd, text.size()) == text;
}

/// Whether the server ends it, before some seconds are over.
bool is_ended(const UniqueFd& fd) {
  pollfd ready{fd.get(), POLLIN, 0};
  std::array<char, 4096> room{};
  while (::poll(&ready, 1, 20'000) == 1)
    if (::recv(fd.get(), room.data(), room.size(), 0) <= 0) return true;
  return false;
}

TEST_CASE("echo, discard, daytime and banner serve two clients at once") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(serving("echo:0,discard:0,daytime:0,banner:0:hello"));
  const UniqueFd first = connect_from("127.0.0.1", server.port("tcp-echo"));
  const UniqueFd second = connect_from("127.0.0.1", server.port("tcp-echo"));
  CHECK(is_echoed(first, "one"));
  CHECK(is_echoed(second, "two"));
  CHECK(is_echoed(first, std::string(20'000, 'x')));
  CHECK(receive(connect_from("127.0.0.1", server.port("tcp-banner")), 7) == "hello\r\n");
  const UniqueFd clock = connect_from("127.0.0.1", server.port("tcp-daytime"));
  CHECK(receive(clock, 100).ends_with("-UTC\r\n"));
  const UniqueFd deaf = connect_from("127.0.0.1", server.port("tcp-discard"));
  send_text(deaf, "anything");
  shut_down_sending(deaf);
  CHECK(is_ended(deaf));
}

TEST_CASE("an echo is told from TLS, although what it says looks like that") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(serving("echo:0"));
  std::optional<ServiceIdentity> identity;
  const auto report = probe_ports({{.host = "127.0.0.1", .address = Address::v4({127, 0, 0, 1})}},
                                  {{Protocol::Tcp, server.port("tcp-echo")}}, {}, [&](ProbeResult&& result) {
                                    CHECK_FALSE(result.tls);
                                    identity = result.identity;
                                    return true;
                                  });
  REQUIRE(report);
  REQUIRE(identity);
  CHECK(identity->name == "echo");
}

TEST_CASE("what a client sent before its end is echoed to it whole") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(serving("echo:0"));
  const UniqueFd client = connect_from("127.0.0.1", server.port("tcp-echo"));
  const std::string text(30'000, 'y');
  send_text(client, text);
  shut_down_sending(client);
  CHECK(receive(client, 100'000) == text);
  CHECK(is_ended(client));
}

/// Connects, and says something wicked, or nothing.
UniqueFd storm_client(int number, const std::string& from, std::uint16_t port) {
  UniqueFd fd = connect_from(from.c_str(), port);
  // Who was turned away may have been told so already: that is no matter.
  if (number % 3 == 1) (void)::send(fd.get(), "\x16\x03\x01 garbage \xff\x00", 14, MSG_NOSIGNAL);
  if (number % 3 == 2) ::shutdown(fd.get(), SHUT_WR);
  return fd;
}

/// As many as the limit of open files lets a test hold beside the server's ends.
std::size_t most_held() {
  rlimit limit{};
  checked(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  return std::min<std::size_t>(limit.rlim_cur > 1000 ? limit.rlim_cur - 1000 : 100, 3000);
}

bool is_served(const char* from, std::uint16_t port) {
  const UniqueFd fd = connect_from(from, port);
  if (::send(fd.get(), "hello", 5, MSG_NOSIGNAL) != 5) return false;
  return receive(fd, 5) == "hello";
}

TEST_CASE(
    "thousands of idle, garbage and half-open clients of one address keep nobody else from being served") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("echo:0");
  options.limits.per_address = 200;
  RunningServer server(options);
  const std::uint16_t port = server.port("tcp-echo");
  const UniqueFd before = connect_from("127.0.0.2", port);
  REQUIRE(is_echoed(before, "before"));
  std::vector<UniqueFd> storm;
  for (int i = 0; i < 4000; ++i) {
    storm.push_back(storm_client(i, "127.0.0.1", port));
    if (storm.size() > most_held()) storm.erase(storm.begin(), storm.begin() + 50);
  }
  CHECK(is_echoed(before, "during"));
  CHECK(is_served("127.0.0.3", port));
  storm.clear();
  CHECK(is_echoed(before, "at the end"));
  server.stop();
  CHECK(server.count(ServerEvent::Kind::Refused, "too many connections from this address") > 0);
}

TEST_CASE("a storm from very many addresses fills the server for a second, no longer") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("echo:0");
  options.limits.connections = 300;
  RunningServer server(options);
  const std::uint16_t port = server.port("tcp-echo");
  std::vector<UniqueFd> storm;
  for (int i = 0; i < 1000 && storm.size() < most_held(); ++i)
    storm.push_back(storm_client(3 * i, "127.1." + std::to_string(i % 250) + ".1", port));
  CHECK(eventually([&] { return is_served("127.0.0.3", port); }, std::chrono::seconds(20)));
  server.stop();
  CHECK(server.count(ServerEvent::Kind::Ended, "made room for another") > 0);
}

TEST_CASE("when there are as many connections as there may be, the one that has been silent longest goes") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("echo:0");
  options.limits.connections = 3;
  RunningServer server(options);
  const std::uint16_t port = server.port("tcp-echo");
  const UniqueFd silent = connect_from("127.0.0.1", port);
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  const UniqueFd second = connect_from("127.0.0.1", port);
  const UniqueFd third = connect_from("127.0.0.1", port);
  CHECK(is_echoed(second, "two"));
  CHECK(is_echoed(third, "three"));
  const UniqueFd fourth = connect_from("127.0.0.1", port);
  CHECK(is_echoed(fourth, "four"));
  CHECK(is_ended(silent));
  CHECK(is_echoed(second, "two"));
}

TEST_CASE("silent connections and long ones come to an end, and one that sends too much") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("echo:0,discard:0");
  options.limits.idle = std::chrono::milliseconds(300);
  options.limits.bytes = 100'000;
  RunningServer server(options);
  CHECK(is_ended(connect_from("127.0.0.1", server.port("tcp-echo"))));
  CHECK(server.count(ServerEvent::Kind::Ended, "silent for too long") == 1);
  const UniqueFd loud = connect_from("127.0.0.1", server.port("tcp-discard"));
  const std::string text(10'000, 'z');
  bool ended = false;
  for (int i = 0; i < 100'000 && !ended; ++i)
    ended = ::send(loud.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0;
  CHECK(ended);
  CHECK(eventually([&] { return server.count(ServerEvent::Kind::Ended, "sent too much") == 1; }));
}

TEST_CASE("a client that never reads is not read from, and ends as a silent one") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("echo:0");
  options.limits.idle = std::chrono::milliseconds(500);
  RunningServer server(options);
  const UniqueFd client = connect_from("127.0.0.1", server.port("tcp-echo"));
  const std::string text(65'536, 'w');
  std::size_t sent = 0;
  for (;;) {
    pollfd ready{client.get(), POLLOUT, 0};
    if (::poll(&ready, 1, 200) != 1) break;
    const ssize_t size = ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size <= 0) break;
    sent += static_cast<std::size_t>(size);
    REQUIRE(sent < std::size_t{1} << 30);
  }
  CHECK(eventually([&] { return server.count(ServerEvent::Kind::Ended) == 1; }, std::chrono::seconds(20)));
}

TEST_CASE("a client that vanishes with a reset is forgotten") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(serving("echo:0"));
  {
    const UniqueFd client = connect_from("127.0.0.1", server.port("tcp-echo"));
    REQUIRE(is_echoed(client, "hello"));
    set_option(client, SOL_SOCKET, SO_LINGER, linger{1, 0});
  }
  CHECK(eventually([&] { return server.count(ServerEvent::Kind::Ended) == 1; }));
}

/// A socket for datagrams at `port` of 127.0.0.1, and the server's port as its other end.
UniqueFd datagrams_to(std::uint16_t server_port, std::uint16_t port = 0, const char* from = "127.0.0.1") {
  UniqueFd fd = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(fd, SocketAddress::v4(from, port));
  connect_to(fd, SocketAddress::v4("127.0.0.1", server_port));
  return fd;
}

std::string answer_to(const UniqueFd& fd, const std::string& question, int limit = 10'000) {
  send_text(fd, question);
  pollfd ready{fd.get(), POLLIN, 0};
  std::array<char, 1000> room{};
  if (::poll(&ready, 1, limit) != 1) return "(silence)";
  const ssize_t size = ::recv(fd.get(), room.data(), room.size(), 0);
  return size < 0 ? "(error)" : std::string(room.data(), static_cast<std::size_t>(size));
}

TEST_CASE("datagrams are echoed, but not to servers of the same kind, and not without end") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options = serving("udp-echo:7007");
  options.limits.datagrams = 10;
  options.addresses = {Address::v4({127, 0, 0, 1})};
  RunningServer server(options);
  CHECK(answer_to(datagrams_to(7007), "hello") == "hello");
  CHECK(answer_to(datagrams_to(7007, 7007, "127.0.0.9"), "hello", 300) == "(silence)");
  CHECK(eventually(
      [&] { return server.count(ServerEvent::Kind::Refused, "it came from a server of this kind") == 1; }));
  const UniqueFd greedy = datagrams_to(7007, 0, "127.0.0.8");
  int answered = 0;
  while (answered < 1000 && answer_to(greedy, "more", 2000) == "more") ++answered;
  CHECK(answered >= 40);
  CHECK(answered < 1000);
}

TEST_CASE("a server that is loaded anew keeps its ports and their connections, and closes those that go") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(serving("echo:7107,discard:7109"));
  const UniqueFd kept = connect_from("127.0.0.1", 7107);
  const UniqueFd gone = connect_from("127.0.0.1", 7109);
  REQUIRE(is_echoed(kept, "before"));
  REQUIRE(server.reload(serving("echo:7107,banner:7117:new")));
  CHECK(is_ended(gone));
  CHECK(is_echoed(kept, "after"));
  CHECK(receive(connect_from("127.0.0.1", 7117), 5) == "new\r\n");
  CHECK(server.server().ports().size() >= 2);
  const UniqueFd taken = make_socket(AF_INET, SOCK_STREAM);
  bind_to(taken, SocketAddress::v4("127.0.0.1", 7118));
  listen_on(taken, 1);
  const auto refused = server.reload(serving("echo:7118"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == EADDRINUSE);
  CHECK(is_echoed(kept, "nothing has changed"));
  REQUIRE(server.reload(serving("banner:7107:another")));
  CHECK(receive(connect_from("127.0.0.1", 7107), 9) == "another\r\n");
}

TEST_CASE("every protocol that the server pretends is identified over real sockets") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions options;
  // Usual ports are privileged in part: each gets its number and ten thousand, so that the port itself tells
  // nothing.
  for (const std::string_view name : pretended_protocols())
    REQUIRE(add_pretended_services(options.services, name));
  write_kernel_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  options.addresses = {Address::v4({127, 0, 0, 1})};
  RunningServer server(options);
  std::vector<ProbePort> ports;
  for (const ServedPort& port : server.server().ports()) ports.push_back({port.protocol, port.port});
  std::vector<ProbeHost> hosts;
  REQUIRE(add_probe_hosts(hosts, "127.0.0.1", {}));
  std::size_t identified = 0;
  REQUIRE(probe_ports(hosts, ports, {}, [&](const ProbeResult& result) {
    const auto served = server.server().ports();
    INFO(served[result.port_index].service << " on port " << result.port);
    CHECK(result.state == PortState::Open);
    CHECK(result.identity);
    if (result.identity) CHECK(result.identity->name == served[result.port_index].service);
    ++identified;
    return true;
  }));
  CHECK(identified == pretended_protocols().size());
}

}  // namespace
}  // namespace sockutils::test::server_test
