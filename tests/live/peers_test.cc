#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::peers_test {
namespace {

constexpr std::uint16_t Port = 7070;

/// With the fields that read every network namespace, too.
Listing take_all(Query query) {
  for (const Field* field : fields())
    if (!needs_any(field->needs, Needs::HostNames)) query.fields.push_back(field);
  return Listing::take_fields(query);
}

SocketRow row_of(const UniqueFd& fd, std::initializer_list<Family> families) {
  Query query;
  query.kinds = kinds_of(families);
  return take_all(query).the_one("inode", std::to_string(inode_of(fd)));
}

bool names(const std::string& list, pid_t pid) {
  return (',' + list + ',').find(',' + std::to_string(pid) + ',') != std::string::npos;
}

/// An address of this process's own: who searches all namespaces of the machine finds those of other test
/// programs, too.
std::string own_address(int host) {
  const unsigned number = static_cast<unsigned>(getpid());
  return "10." + std::to_string(64 + number / 65536 % 64) + '.' + std::to_string(number / 256 % 256) + '.' +
         std::to_string(number % 63 * 4 + static_cast<unsigned>(host));
}
const std::string Here = own_address(1);
const std::string There = own_address(2);

/// A process in a network of its own that serves TCP and UDP at `Port`, and the cable to it: this side is
/// `Here`, that side `There`.
class Neighbour {
 public:
  Neighbour()
      : child_(
            [this] {
              prctl(PR_SET_NAME, "neighbour");
              enter_new_network();
              tcp_ = make_socket(AF_INET, SOCK_STREAM);
              bind_to(tcp_, SocketAddress::v4("0.0.0.0", Port));
              listen_on(tcp_, 1);
              udp_ = make_socket(AF_INET, SOCK_DGRAM);
              bind_to(udp_, SocketAddress::v4("0.0.0.0", Port));
            },
            [this] { accepted_ = UniqueFd(accept(tcp_.get(), nullptr, nullptr)); }) {
    const std::string pid = std::to_string(child_.pid());
    connected_ = run_with_rights("ip link add who0 type veth peer name who1 netns " + pid +
                                 " && ip address add " + Here + "/30 dev who0 && ip link set who0 up");
    in_network_of(child_.pid(), [this] {
      connected_ =
          connected_ && run_with_rights("ip address add " + There + "/30 dev who1 && ip link set who1 up");
    });
  }
  ~Neighbour() { run_with_rights("ip link delete who0 2>/dev/null"); }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

  pid_t pid() const { return child_.pid(); }
  bool is_connected() const { return connected_; }
  NetworkNamespace network() const {
    const std::string path = "/proc/" + std::to_string(pid()) + "/ns/net";
    struct stat status {};
    checked(stat(path.c_str(), &status), "stat");
    return {path, status.st_ino, "neighbour"};
  }

 private:
  bool connected_ = false;
  UniqueFd tcp_;
  UniqueFd udp_;
  UniqueFd accepted_;
  Child child_;
};

TEST_CASE("the peer of a connection on this machine is the process at its other end") {
  REQUIRE_PRIVATE_NETWORK();
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  const std::uint16_t port = SocketAddress::local_of(listener.get()).port();
  std::optional<UniqueFd> server;
  const Child child([&] { prctl(PR_SET_NAME, "server"); }, [&] { server = accept_from(listener); });
  listener = UniqueFd();
  connect_to(client, loopback(AF_INET, port));
  const bool accepted = eventually([&] {
    const SocketRow row = row_of(client, {Family::Inet});
    return row["peer_process"] == "server" && row["peer_pid"] == std::to_string(child.pid());
  });
  CHECK(accepted);
}

TEST_CASE("a connection that waits to be accepted has the listener's process as peer") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, loopback(AF_INET, SocketAddress::local_of(listener.get()).port()));
  CHECK(names(row_of(client, {Family::Inet})["peer_pid"], getpid()));
}

TEST_CASE("a listener and a socket whose peer is gone have no peer process") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  CHECK(row_of(connection.listener, {Family::Inet})["peer_pid"] == Absent);
  CHECK(names(row_of(connection.client, {Family::Inet})["peer_pid"], getpid()));
  connection.server = UniqueFd();
  CHECK(row_of(connection.client, {Family::Inet})["peer_pid"] == Absent);
}

TEST_CASE("the peer of a UDP client is the server that answers everyone") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd server = make_socket(AF_INET6, SOCK_DGRAM);
  bind_to(server, SocketAddress::v6("::"));
  const UniqueFd client = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(client, loopback(AF_INET, SocketAddress::local_of(server.get()).port()));
  CHECK(names(row_of(client, {Family::Inet, Family::Inet6})["peer_pid"], getpid()));
}

TEST_CASE("the peer of a unix socket is who holds the other end") {
  REQUIRE_PRIVATE_NETWORK();
  auto [here, there] = make_socketpair(SOCK_STREAM);
  const Child child([&] {
    prctl(PR_SET_NAME, "other end");
    here = UniqueFd();
  });
  there = UniqueFd();
  const SocketRow row = row_of(here, {Family::Unix});
  CHECK(row["peer_pid"] == std::to_string(child.pid()));
  CHECK(row["peer_process"] == "other end");
}

TEST_CASE("the peer across a cable to another namespace is found from both sides") {
  REQUIRE_PRIVATE_NETWORK();
  const Neighbour neighbour;
  if (!neighbour.is_connected()) SKIP_OUT_LOUD("no veth in this kernel, or no ip (iproute2)");
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, SocketAddress::v4(There.c_str(), Port));
  const bool accepted = eventually(
      [&] { return row_of(client, {Family::Inet})["peer_pid"] == std::to_string(neighbour.pid()); });
  CHECK(accepted);
  Query there;
  there.kinds = {{Family::Inet, Protocol::Tcp}};
  there.namespaces = {neighbour.network()};
  const SocketRow row = take_all(there).the_one("state", "established");
  CHECK(row["local_address"] == There);
  CHECK(row["pid"] == std::to_string(neighbour.pid()));
  CHECK(names(row["peer_pid"], getpid()));
  const UniqueFd udp = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(udp, SocketAddress::v4(There.c_str(), Port));
  CHECK(row_of(udp, {Family::Inet})["peer_pid"] == std::to_string(neighbour.pid()));
}

TEST_CASE("names of interfaces are those of the namespace that the socket is in") {
  REQUIRE_PRIVATE_NETWORK();
  const Neighbour neighbour;
  if (!neighbour.is_connected()) SKIP_OUT_LOUD("no veth in this kernel, or no ip (iproute2)");
  UniqueFd bound;
  in_network_of(neighbour.pid(), [&] {
    bound = make_socket(AF_INET, SOCK_DGRAM);
    set_option_text(bound, SOL_SOCKET, SO_BINDTODEVICE, "who1");
    bind_to(bound, SocketAddress::v4("0.0.0.0"));
  });
  Query query;
  query.kinds = {{Family::Inet, Protocol::Udp}};
  query.namespaces = {neighbour.network()};
  CHECK(Listing::take(query).the_one("inode", std::to_string(inode_of(bound)))["interface"] == "who1");
}

TEST_CASE("behind a docker-proxy stands the process in the container") {
  REQUIRE_PRIVATE_NETWORK();
  const Neighbour neighbour;
  if (!neighbour.is_connected()) SKIP_OUT_LOUD("no veth in this kernel, or no ip (iproute2)");
  const TemporaryFolder folder;
  const std::string program = folder.path() + "/docker-proxy";
  std::filesystem::copy_file(std::filesystem::canonical("/bin/sh"), program);
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  checked(fcntl(listener.get(), F_SETFD, 0), "fcntl");
  const std::string inode = std::to_string(inode_of(listener));
  const std::uint16_t port = SocketAddress::local_of(listener.get()).port();
  const Child proxy([] {},
                    [&] {
                      execl(program.c_str(), "docker-proxy", "-c", "kill -STOP $$", "-proto", "tcp",
                            "-container-ip", There.c_str(), "-container-port", "7070", nullptr);
                    });
  listener = UniqueFd();
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, loopback(AF_INET, port));
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  const bool found = eventually([&] {
    const SocketRow row = take_all(query).the_one("inode", inode);
    return row["process"] == "docker-proxy" && row["proxied_pid"] == std::to_string(neighbour.pid()) &&
           row["proxied_process"] == "neighbour";
  });
  CHECK(found);
  CHECK(row_of(client, {Family::Inet})["peer_pid"] == std::to_string(neighbour.pid()));
}

}  // namespace
}  // namespace sockutils::test::peers_test
