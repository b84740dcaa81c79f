// A client, a router and a server, each in a network namespace of its own, and what stands between them.

#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <memory>

#include "sockutils/probe.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::probe_test {
namespace {

constexpr std::uint16_t OpenPort = 22;
constexpr std::uint16_t OpenUdpPort = 1210;

void run(const std::string& command) {
  INFO(command);
  REQUIRE(run_with_rights(command));
}

/// 10.1.0.1 and fd01::1, a router at .2 of this net and .1 of the next, and 10.2.0.2 and fd02::2.
class Network {
 public:
  Network() {
    in_network_of(client_.pid(), [&] {
      run("ip link add c0 type veth peer name r0 netns " + std::to_string(router_.pid()));
      run("ip address add 10.1.0.1/24 dev c0 && ip -6 address add fd01::1/64 dev c0 nodad && "
          "ip link set c0 up");
    });
    in_network_of(router_.pid(), [&] {
      run("ip link add r1 type veth peer name s0 netns " + std::to_string(server_.pid()));
      run("ip address add 10.1.0.2/24 dev r0 && ip -6 address add fd01::2/64 dev r0 nodad && "
          "ip address add 10.2.0.1/24 dev r1 && ip -6 address add fd02::1/64 dev r1 nodad && "
          "ip link set r0 up && ip link set r1 up");
      write_kernel_file("/proc/sys/net/ipv4/ip_forward", "1");
      write_kernel_file("/proc/sys/net/ipv6/conf/all/forwarding", "1");
      lift_limits();
    });
    in_network_of(server_.pid(), [&] {
      run("ip address add 10.2.0.2/24 dev s0 && ip -6 address add fd02::2/64 dev s0 nodad && "
          "ip link set s0 up && ip route add default via 10.2.0.1 && "
          "ip -6 route add default via fd02::1");
      lift_limits();
    });
    in_network_of(client_.pid(), [&] {
      run("ip route add default via 10.1.0.2 && ip -6 route add default via fd01::2 && "
          "ip route add prohibit 10.7.0.0/24");
    });
  }

  /// Rules for what comes in at the server, or leaves the client.
  void at_server(const std::string& rules) const { load_rules(server_, "input", rules); }
  void at_client(const std::string& rules) const { load_rules(client_, "output", rules); }

  /// Runs what makes sockets in the server's namespace.
  template <class Body>
  void serve(const Body& body) const {
    in_network_of(server_.pid(), body);
  }

  ProbeResult ask(const std::string& host, ProbePort port, ProbeOptions options = {}) const {
    std::vector<ProbeHost> hosts;
    REQUIRE(add_probe_hosts(hosts, host, {}));
    ProbeResult found;
    options.identify = false;
    if (!options.timeout) options.timeout = std::chrono::seconds(5);
    in_network_of(client_.pid(), [&] {
      REQUIRE(probe_ports(hosts, {port}, options, [&](ProbeResult&& result) {
        found = std::move(result);
        return true;
      }));
    });
    return found;
  }

 private:
  /// Hosts send few ICMP errors a second, and tests many.
  static void lift_limits() {
    write_kernel_file("/proc/sys/net/ipv4/icmp_ratelimit", "0");
    write_kernel_file("/proc/sys/net/ipv6/icmp/ratelimit", "0");
  }

  static void load_rules(const Child& where, const std::string& hook, const std::string& rules) {
    in_network_of(where.pid(), [&] {
      run("printf '%s\\n' 'table inet t {' 'chain c {' 'type filter hook " + hook + " priority 0;' '" +
          rules + "' '}' '}' | nft -f -");
    });
  }

  Child client_{enter_new_network};
  Child router_{enter_new_network};
  Child server_{enter_new_network};
};

std::string from_of(const ProbeResult& result) { return result.from ? result.from->to_string() : "nobody"; }

void check(const ProbeResult& result, PortState state, const std::string& reason, const std::string& from) {
  INFO(result.host << " port " << result.port << ": " << name(result.state) << ", " << result.reason
                   << " from " << from_of(result));
  CHECK(result.state == state);
  CHECK(result.reason == reason);
  CHECK(from_of(result) == from);
}

constexpr ProbePort tcp(std::uint16_t port) { return {Protocol::Tcp, port}; }
constexpr ProbePort udp(std::uint16_t port) { return {Protocol::Udp, port}; }

#define REQUIRE_NFT()        \
  REQUIRE_PRIVATE_NETWORK(); \
  if (!run_with_rights("nft list tables >/dev/null 2>&1")) SKIP_OUT_LOUD("no nft, or no right to use it")

TEST_CASE("what accepts is open, what resets is closed, over both families") {
  REQUIRE_PRIVATE_NETWORK();
  const Network network;
  UniqueFd listener;
  network.serve([&] {
    listener = make_socket(AF_INET6, SOCK_STREAM);
    bind_to(listener, SocketAddress::v6("::", OpenPort));
    listen_on(listener, 5);
  });
  for (const std::string host : {"10.2.0.2", "fd02::2"}) {
    check(network.ask(host, tcp(OpenPort)), PortState::Open, "syn-ack", host);
    check(network.ask(host, tcp(OpenPort + 1)), PortState::Closed, "reset", host);
  }
}

TEST_CASE("each way to reject a connection is told from the others, with who did") {
  REQUIRE_NFT();
  const Network network;
  struct Row {
    std::string with;
    PortState state;
    std::string reason;
  };
  const std::vector<Row> rows4{
      {"icmp port-unreachable", PortState::Rejected, "port-unreachable"},
      {"icmp prot-unreachable", PortState::Rejected, "protocol-unreachable"},
      {"icmp admin-prohibited", PortState::Filtered, "admin-prohibited"},
      {"icmp net-prohibited", PortState::Filtered, "admin-prohibited"},
      {"icmp host-prohibited", PortState::Filtered, "admin-prohibited"},
      {"icmp net-unreachable", PortState::Unreachable, "net-unreachable"},
      {"icmp host-unreachable", PortState::Unreachable, "host-unreachable"},
      {"tcp reset", PortState::Closed, "reset"},
  };
  const std::vector<Row> rows6{
      {"icmpv6 port-unreachable", PortState::Rejected, "port-unreachable"},
      {"icmpv6 admin-prohibited", PortState::Filtered, "admin-prohibited"},
      {"icmpv6 no-route", PortState::Unreachable, "no-route"},
      {"icmpv6 addr-unreachable", PortState::Unreachable, "address-unreachable"},
  };
  std::string rules;
  std::uint16_t port = 100;
  for (const Row& row : rows4)
    rules += "meta nfproto ipv4 tcp dport " + std::to_string(port++) + " reject with " +
             (row.with == "tcp reset" ? row.with : row.with.substr(0, 5) + "type " + row.with.substr(5)) +
             "\n";
  for (const Row& row : rows6)
    rules += "meta nfproto ipv6 tcp dport " + std::to_string(port++) + " reject with icmpv6 type " +
             row.with.substr(7) + "\n";
  network.at_server(rules);
  port = 100;
  for (const Row& row : rows4) check(network.ask("10.2.0.2", tcp(port++)), row.state, row.reason, "10.2.0.2");
  for (const Row& row : rows6) check(network.ask("fd02::2", tcp(port++)), row.state, row.reason, "fd02::2");
}

TEST_CASE("a dropped connection is filtered, and a dropped datagram open or filtered") {
  REQUIRE_NFT();
  const Network network;
  network.at_server("meta l4proto { tcp, udp } th dport 18 drop");
  const ProbeOptions options{.timeout = std::chrono::milliseconds(200), .retries = 1};
  for (const std::string host : {"10.2.0.2", "fd02::2"}) {
    const ProbeResult stream = network.ask(host, tcp(18), options);
    CHECK(stream.state == PortState::Filtered);
    CHECK(stream.reason.starts_with("no answer in "));
    CHECK(stream.reason.ends_with(", 2 tries"));
    CHECK(from_of(stream) == "nobody");
    CHECK(network.ask(host, udp(18), options).state == PortState::OpenOrFiltered);
  }
}

TEST_CASE("routers say that hosts and networks are unreachable, and that a packet's time is over") {
  REQUIRE_PRIVATE_NETWORK();
  const Network network;
  check(network.ask("10.2.0.77", tcp(80)), PortState::Unreachable, "host-unreachable", "10.1.0.2");
  check(network.ask("fd02::77", tcp(80)), PortState::Unreachable, "address-unreachable", "fd01::2");
  check(network.ask("10.3.0.1", tcp(80)), PortState::Unreachable, "net-unreachable", "10.1.0.2");
  check(network.ask("fd03::1", tcp(80)), PortState::Unreachable, "no-route", "fd01::2");
  const ProbeOptions one_hop{.ttl = 1};
  check(network.ask("10.2.0.2", tcp(80), one_hop), PortState::Unreachable, "ttl-exceeded", "10.1.0.2");
  check(network.ask("fd02::2", tcp(80), one_hop), PortState::Unreachable, "ttl-exceeded", "fd01::2");
}

TEST_CASE("what this machine itself forbids or cannot do is said so") {
  REQUIRE_NFT();
  const Network network;
  network.at_client("udp dport 30 drop");
  check(network.ask("10.7.0.1", tcp(80)), PortState::Filtered, "local firewall", "nobody");
  check(network.ask("10.2.0.2", udp(30)), PortState::Filtered, "local firewall", "nobody");
  ProbeOptions foreign;
  foreign.source = Address::v4({10, 99, 0, 1});
  CHECK(network.ask("10.2.0.2", tcp(80), foreign).state == PortState::NotMeasured);
}

TEST_CASE("a datagram that is answered is open, and one that nobody takes is closed") {
  REQUIRE_NFT();
  const Network network;
  network.at_server("udp dport 12 reject with icmpx type admin-prohibited");
  UniqueFd server;
  network.serve([&] {
    server = make_socket(AF_INET, SOCK_DGRAM);
    bind_to(server, SocketAddress::v4("0.0.0.0", OpenUdpPort));
  });
  std::thread answering([&] {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    std::array<char, 100> question{};
    auto* const name = reinterpret_cast<sockaddr*>(&peer);
    const ssize_t size = recvfrom(server.get(), question.data(), question.size(), 0, name, &length);
    if (size >= 0) sendto(server.get(), "2.2.5\n", 6, 0, name, length);
  });
  check(network.ask("10.2.0.2", udp(OpenUdpPort)), PortState::Open, "answer", "10.2.0.2");
  answering.join();
  for (const std::string host : {"10.2.0.2", "fd02::2"})
    check(network.ask(host, udp(99)), PortState::Closed, "port-unreachable", host);
  check(network.ask("10.2.0.2", udp(12)), PortState::Filtered, "admin-prohibited", "10.2.0.2");
}

TEST_CASE("every port of this machine is asked for, none is lost and none met itself") {
  REQUIRE_PRIVATE_NETWORK();
  const Child quiet(enter_new_network);
  std::vector<ProbePort> ports;
  REQUIRE(add_probe_ports(ports, "all", {}));
  std::vector<ProbeHost> hosts;
  REQUIRE(add_probe_hosts(hosts, "127.0.0.1", {}));
  std::map<PortState, std::size_t> counts;
  in_network_of(quiet.pid(), [&] {
    std::vector<UniqueFd> listeners;
    for (std::uint16_t port = 30'000; port < 30'050; ++port) {
      listeners.push_back(make_socket(AF_INET, SOCK_STREAM));
      bind_to(listeners.back(), loopback(AF_INET, port));
      listen_on(listeners.back(), 5);
    }
    REQUIRE(probe_ports(hosts, ports, {.identify = false}, [&](const ProbeResult& result) {
      ++counts[result.state];
      return true;
    }));
  });
  CHECK(counts[PortState::Open] == 50);
  CHECK(counts[PortState::Closed] == 65'485);
}

TEST_CASE("a unix socket is open, closed or not there") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/socket";
  const auto ask = [](const std::string& host) {
    std::vector<ProbeHost> hosts;
    REQUIRE(add_probe_hosts(hosts, host, {}));
    ProbeResult found;
    REQUIRE(probe_ports(hosts, {}, {.identify = false}, [&](ProbeResult&& result) {
      found = std::move(result);
      return true;
    }));
    return found;
  };
  check(ask(path), PortState::Closed, "no such socket", "nobody");
  const UniqueFd listener = make_socket(AF_UNIX, SOCK_STREAM);
  bind_to(listener, SocketAddress::unix_name(path));
  check(ask(path), PortState::Closed, "nobody listens", "nobody");
  listen_on(listener, 5);
  check(ask(path), PortState::Open, "connected", "nobody");
}

}  // namespace
}  // namespace sockutils::test::probe_test
