// A client, two routers and a server in a row, each in a network namespace of its own.

#include <netinet/in.h>

#include <array>
#include <thread>

#include "sockutils/probe.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::probe_path_test {
namespace {

void run(const std::string& command) {
  INFO(command);
  REQUIRE(run_with_rights(command));
}

/// Nets 10.N.0.0/24 and fd0N::/64 for N of 1 to 3, between client, first router, second router and server:
/// the one nearer to the client is .1 and ::1 on each, the other .2 and ::2. Packets of the second net are
/// short.
class Row {
 public:
  static constexpr unsigned ShortMtu = 1400;

  Row() {
    link(client_, first_, 1);
    link(first_, second_, 2);
    link(second_, server_, 3);
    for (const Child* router : {&first_, &second_})
      in_network_of(router->pid(), [] {
        write_kernel_file("/proc/sys/net/ipv4/ip_forward", "1");
        write_kernel_file("/proc/sys/net/ipv6/conf/all/forwarding", "1");
      });
    for (const Child* host : {&client_, &first_, &second_, &server_})
      in_network_of(host->pid(), [] {
        write_kernel_file("/proc/sys/net/ipv4/icmp_ratelimit", "0");
        write_kernel_file("/proc/sys/net/ipv6/icmp/ratelimit", "0");
      });
    set_routes(client_, 1, 2);
    set_routes(first_, 2, 2);
    set_routes(second_, 2, 1);
    set_routes(server_, 3, 1);
  }

  /// Rules for what the second router forwards.
  void between(const std::string& rules) const {
    in_network_of(second_.pid(), [&] {
      run("printf '%s\\n' 'table inet t {' 'chain c {' 'type filter hook forward priority 0;' '" + rules +
          "' '}' '}' | nft -f -");
    });
  }

  pid_t first() const { return first_.pid(); }
  pid_t server() const { return server_.pid(); }

  UniqueFd listen(std::uint16_t port) const {
    UniqueFd listener;
    in_network_of(server_.pid(), [&] {
      listener = make_socket(AF_INET6, SOCK_STREAM);
      bind_to(listener, SocketAddress::v6("::", port));
      listen_on(listener, 20);
    });
    return listener;
  }

  ProbePath trace(const std::string& host, ProbePort port, ProbePathOptions options = {}) const {
    std::vector<ProbeHost> hosts;
    REQUIRE(add_probe_hosts(hosts, host, {}));
    ProbePath found;
    in_network_of(client_.pid(), [&] {
      REQUIRE(trace_probe_paths(hosts, {port}, options, [&](ProbePath&& path) {
        found = std::move(path);
        return true;
      }));
    });
    return found;
  }

 private:
  static void link(const Child& near, const Child& far, unsigned number) {
    const std::string n = std::to_string(number);
    const std::string mtu = number == 2 ? " mtu " + std::to_string(ShortMtu) : "";
    const auto up = [&](const std::string& name, const std::string& end) {
      run("ip address add 10." + n + ".0." + end + "/24 dev " + name + " && ip -6 address add fd0" + n +
          "::" + end + "/64 dev " + name + " nodad && ip link set " + name + " up" + mtu);
    };
    in_network_of(near.pid(), [&] {
      run("ip link add n" + n + " type veth peer name f" + n + " netns " + std::to_string(far.pid()));
      up("n" + n, "1");
    });
    in_network_of(far.pid(), [&] { up("f" + n, "2"); });
  }

  static void set_routes(const Child& host, unsigned net, unsigned end) {
    in_network_of(host.pid(), [&] {
      const std::string n = std::to_string(net);
      const std::string e = std::to_string(end);
      run("ip route add default via 10." + n + ".0." + e + " && ip -6 route add default via fd0" + n +
          "::" + e);
    });
  }

  Child client_{enter_new_network};
  Child first_{enter_new_network};
  Child second_{enter_new_network};
  Child server_{enter_new_network};
};

/// `10.1.0.2 ttl-exceeded`
std::string text_of(const PathHop& hop) {
  return (hop.from ? hop.from->to_string() : "*") + " " + hop.reason;
}

void check_hops(const ProbePath& path, const std::vector<std::string>& expected) {
  std::vector<std::string> hops;
  for (const PathHop& hop : path.hops) {
    hops.push_back(text_of(hop));
    CHECK(hop.time.has_value() == hop.from.has_value());
    CHECK(hop.ttl == hops.size());
  }
  CHECK(hops == expected);
}

#define REQUIRE_NFT()        \
  REQUIRE_PRIVATE_NETWORK(); \
  if (!run_with_rights("nft list tables >/dev/null 2>&1")) SKIP_OUT_LOUD("no nft, or no right to use it")

TEST_CASE("the way to an open and to a closed port leads over both routers, in both families") {
  REQUIRE_PRIVATE_NETWORK();
  const Row row;
  const UniqueFd listener = row.listen(80);
  const ProbePath open4 = row.trace("10.3.0.2", {Protocol::Tcp, 80});
  check_hops(open4, {"10.1.0.2 ttl-exceeded", "10.2.0.2 ttl-exceeded", "10.3.0.2 syn-ack"});
  CHECK(open4.state == PortState::Open);
  const ProbePath open6 = row.trace("fd03::2", {Protocol::Tcp, 80});
  check_hops(open6, {"fd01::2 ttl-exceeded", "fd02::2 ttl-exceeded", "fd03::2 syn-ack"});
  const ProbePath closed = row.trace("10.3.0.2", {Protocol::Tcp, 81});
  check_hops(closed, {"10.1.0.2 ttl-exceeded", "10.2.0.2 ttl-exceeded", "10.3.0.2 reset"});
  CHECK(closed.state == PortState::Closed);
  const ProbePath datagram = row.trace("fd03::2", {Protocol::Udp, 81});
  check_hops(datagram, {"fd01::2 ttl-exceeded", "fd02::2 ttl-exceeded", "fd03::2 port-unreachable"});
  CHECK(datagram.state == PortState::Closed);
}

TEST_CASE("the path MTU is that of the shortest line, and the router before it says so") {
  REQUIRE_PRIVATE_NETWORK();
  const Row row;
  for (const auto& [host, router] : {std::pair("10.3.0.2", "10.1.0.2"), std::pair("fd03::2", "fd01::2")}) {
    INFO(host);
    // Twice: what the kernel remembers of the first time hides nothing.
    for (int time = 0; time < 2; ++time) {
      const ProbePath path = row.trace(host, {Protocol::Tcp, 81});
      REQUIRE(path.mtu);
      CHECK(path.mtu->bytes == Row::ShortMtu);
      REQUIRE(path.mtu->from);
      CHECK(path.mtu->from->to_string() == router);
      CHECK(path.mtu->confirmed);
    }
  }
  const ProbePath near = row.trace("10.1.0.2", {Protocol::Tcp, 81});
  check_hops(near, {"10.1.0.2 reset"});
  REQUIRE(near.mtu);
  CHECK(near.mtu->bytes == 1500);
  CHECK_FALSE(near.mtu->from);
}

TEST_CASE("whoever answers at the port that nobody should have has got the packet whole") {
  REQUIRE_PRIVATE_NETWORK();
  const Row row;
  UniqueFd somebody;
  in_network_of(row.server(), [&] {
    somebody = make_socket(AF_INET, SOCK_DGRAM);
    bind_to(somebody, SocketAddress::v4("0.0.0.0", 33434));
  });
  std::thread answering([&] {
    std::array<char, 2000> room{};
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    auto* const name = reinterpret_cast<sockaddr*>(&peer);
    if (recvfrom(somebody.get(), room.data(), room.size(), 0, name, &length) >= 0)
      sendto(somebody.get(), "what?", 5, 0, name, length);
  });
  const ProbePath path = row.trace("10.3.0.2", {Protocol::Tcp, 81});
  shutdown(somebody.get(), SHUT_RDWR);
  answering.join();
  REQUIRE(path.mtu);
  CHECK(path.mtu->bytes == Row::ShortMtu);
  CHECK(path.mtu->confirmed);
}

TEST_CASE("where packets vanish, and who rejects them, is told") {
  REQUIRE_NFT();
  const Row row;
  row.between("tcp dport 90 drop\ntcp dport 91 reject with icmpx type admin-prohibited");
  const ProbePathOptions quick{.probe = {.timeout = std::chrono::milliseconds(300), .retries = 1}};
  for (const auto& [host, net] : {std::pair("10.3.0.2", "10.2.0.2"), std::pair("fd03::2", "fd02::2")}) {
    const ProbePath dropped = row.trace(host, {Protocol::Tcp, 90}, quick);
    CHECK(dropped.state == PortState::Filtered);
    CHECK(dropped.reason == "no answer beyond hop 2, " + std::string(net));
    CHECK(dropped.hops.size() == 2);
    const ProbePath rejected = row.trace(host, {Protocol::Tcp, 91});
    CHECK(rejected.state == PortState::Filtered);
    CHECK(rejected.reason == "admin-prohibited");
    REQUIRE(rejected.from);
    CHECK(rejected.from->to_string() == net);
  }
}

TEST_CASE("a hop that is silent leaves a gap, and the way goes on") {
  REQUIRE_NFT();
  const Row row;
  const UniqueFd listener = row.listen(80);
  in_network_of(row.first(), [] {
    run("printf '%s\\n' 'table inet t {' 'chain c {' 'type filter hook output priority 0;' "
        "'icmp type time-exceeded drop' '}' '}' | nft -f -");
  });
  const ProbePath path = row.trace("10.3.0.2", {Protocol::Tcp, 80},
                                   {.probe = {.timeout = std::chrono::milliseconds(400), .retries = 1}});
  check_hops(path, {"* ", "10.2.0.2 ttl-exceeded", "10.3.0.2 syn-ack"});
}

TEST_CASE("packets that two routers send to each other never arrive, and every hop says so") {
  REQUIRE_PRIVATE_NETWORK();
  const Row row;
  const ProbePathOptions short_way{.probe = {.timeout = std::chrono::seconds(2)}, .most_hops = 3};
  const ProbePath path = row.trace("10.9.0.1", {Protocol::Tcp, 80}, short_way);
  CHECK(path.hops.size() == 3);
  CHECK(path.state == PortState::Unreachable);
  CHECK(path.reason == "ttl-exceeded");
}

}  // namespace
}  // namespace sockutils::test::probe_path_test
