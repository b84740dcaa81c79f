#include "family/packet.h"
#include "filter/filter_link.h"
#include "unit/filter/filter_support.h"

namespace filter_match_test {

using namespace sockutils;
using namespace sockutils::testing;

namespace {

TestSocket ssh_connection() {
  TestSocket test = internet_socket(State::Established, "10.0.0.1", 22, "192.0.2.7", 51022);
  test.socket.uid = 0;
  test.socket.recv_queue = 100;
  test.socket.interface = 2;
  test.held_by({.pid = 712, .name = "sshd", .command_line = "sshd: root@pts/0"}, 3);
  return test;
}

void check_matches(const TestSocket& socket, const std::vector<std::string_view>& filters) {
  for (const std::string_view filter : filters) {
    INFO(filter);
    CHECK(socket.matches(filter));
  }
}

void check_misses(const TestSocket& socket, const std::vector<std::string_view>& filters) {
  for (const std::string_view filter : filters) {
    INFO(filter);
    CHECK_FALSE(socket.matches(filter));
  }
}

}  // namespace

TEST_CASE("ports compare by side") {
  const TestSocket ssh = ssh_connection();
  check_matches(ssh, {"sport = :22", "dport = :51022", "sport < 23", "sport <= 22", "sport >= 22",
                      "dport > 1024", "sport != 23", "sport in (80, 22)", "sport not in (80, 443)",
                      "sport = inet:22", "sport != inet6:22", "port = 22", "port 51022", "port > 50000",
                      "port < 23", "port in (1, 51022)", "port != 80", "sport = *", "dport = inet:*"});
  check_misses(ssh, {"sport = :23", "dport = :22", "sport < 22", "sport > 22", "sport != 22",
                     "sport not in (22, 80)", "sport = inet6:22", "port = 80", "port != 22",
                     "port not in (80, 51022)", "dport = inet6:*", "sport = netlink:22"});
}

TEST_CASE("addresses compare by side and prefix") {
  const TestSocket ssh = ssh_connection();
  check_matches(ssh, {"src 10.0.0.1",
                      "src 10/8",
                      "src 0/0",
                      "dst 192.0.2.0/24",
                      "src 10.0.0.1:22",
                      "src :22",
                      "src inet:*",
                      "src *",
                      "src != 10.0.0.2",
                      "src != 10.0.0.1:23",
                      "src 10.0.0.1/31",
                      "address 10.0.0.1",
                      "address 192.0.2.7",
                      "address = 192.0.2.7:51022",
                      "address != 10.0.0.2",
                      "address in (1.1.1.1, 10/8)",
                      "local = 10.0.0.1:22",
                      "peer_address = 192.0.2.7",
                      "src not in (10.0.0.2, ::1)",
                      "src != [::]/0"});
  check_misses(ssh, {"src 10.0.0.2", "src 11/8", "dst 10/8", "src 10.0.0.1:23", "src inet6:*", "src [::]/0",
                     "src != 10.0.0.1", "src != 10/8:22", "address 10.0.0.2", "address = 10.0.0.1:51022",
                     "address != 10.0.0.1", "address != 192.0.2.7", "src unix:*", "local != unix:/x",
                     "src not in (10.0.0.1, ::1)"});
}

TEST_CASE("an IPv4 prefix matches v4-mapped sockets, an IPv6 prefix no IPv4 socket") {
  const TestSocket mapped = internet_socket(State::Established, "::ffff:10.0.0.1", 22);
  check_matches(mapped, {"src 10/8", "src 0/0", "src ::ffff:10.0.0.1", "src [::]/0", "src inet6:*"});
  check_misses(mapped, {"src inet:10/8", "src inet:*", "src 11/8"});
  check_misses(ssh_connection(), {"src ::ffff:10.0.0.1", "src ::ffff:0:0/96", "src [::]/0"});
  const TestSocket any = internet_socket(State::Listen, "::", 22);
  check_matches(any, {"src ::", "src [::]/0"});
  check_misses(any, {"src 0/0", "src 0.0.0.0", "src [::1]"});
}

TEST_CASE("a scope counts when the filter has one") {
  TestSocket link_local = internet_socket(State::Listen, "fe80::1", 22);
  link_local.socket.local_address->scope_id = 2;
  check_matches(link_local, {"src fe80::1", "src fe80::1%eth0", "src [fe80::%2]/10"});
  check_misses(link_local, {"src fe80::1%lo"});
}

TEST_CASE("the interface of an end is that which the socket is bound to, or a peer's link") {
  TestSocket bound = internet_socket(State::Listen, "0.0.0.0", 179);
  bound.socket.interface = 2;
  check_matches(bound,
                {"src 0.0.0.0%eth0:179", "src *%eth0", "local = 0.0.0.0%eth0:179", "local != 0.0.0.0%lo"});
  check_misses(bound, {"src 0.0.0.0%lo:179", "src *%lo", "local != *%eth0", "dst *%eth0"});
  check_misses(internet_socket(State::Listen, "0.0.0.0", 179), {"src *%eth0"});
  TestSocket linked = internet_socket(State::Established, "fe80::1", 22, "fe80::2", 5000);
  linked.socket.peer_address->scope_id = 2;
  check_matches(linked, {"dst [fe80::2]%eth0:5000", "dst *%eth0"});
  check_misses(linked, {"dst [fe80::2]%lo", "src *%eth0"});
}

TEST_CASE("an IP protocol in the place of a port is that of a raw socket") {
  TestSocket raw = internet_socket(State::Unconnected, "0.0.0.0", 1);
  raw.socket.protocol = Protocol::Raw;
  check_matches(raw, {"sport = :icmp", "sport = 1", "sport != raw-2", "src 0.0.0.0:icmp",
                      "raw_protocol = icmp", "raw_protocol = 1", "has raw_protocol"});
  check_misses(raw, {"sport = :ssh", "sport != :icmp", "raw_protocol = 89", "raw_protocol != icmp"});
  const TestSocket tcp = internet_socket(State::Listen, "0.0.0.0", 1);
  check_matches(tcp, {"sport = 1", "sport != :icmp", "local_port != icmp"});
  check_misses(tcp, {"sport = :icmp", "raw_protocol = 1", "raw_protocol != 1"});
}

TEST_CASE("with the words of ss, what is absent is unequal") {
  const TestSocket listener = internet_socket(State::Listen, "0.0.0.0", 22);
  check_matches(listener, {"dport != :7002", "dport != 22", "dport not in (1, 2)", "dst != 10/8", "dev != lo",
                           "fwmark != 1", "cgroup != 7", "sport != 23", "src != 10/8"});
  check_misses(listener, {"peer_port != 7002", "peer != 10/8", "peer_address != 10/8", "interface != lo",
                          "mark != 1", "cgroup_id != 7", "sport != 22", "dport = 7002"});
}

TEST_CASE("a comparison with what is absent is false both ways, and its negation true") {
  const TestSocket listener = internet_socket(State::Listen, "0.0.0.0", 22);
  check_misses(
      listener,
      {"dport = 5",      "peer_port != 5", "dst 10/8",    "peer != 10/8", "dst 0.0.0.0",     "pid = 1",
       "pid != 1",       "pid not in (1)", "process ~ .", "process !~ .", "process != sshd", "tcp_rtt > 0",
       "tcp_rtt <= 0",   "uid = 0",        "uid != 0",    "mark = 0",     "mark != 0",       "dev 1",
       "interface != 1", "inode != 1",     "path != x",   "has dport",    "has pid",         "has tcp_rtt",
       "has dev",        "src unix:*",     "autobound"});
  check_matches(listener,
                {"not dport = 5", "not peer_port != 5", "not pid = 1", "not pid != 1", "not tcp_rtt > 0",
                 "not has pid", "has sport", "has port", "has address", "port = 22", "port != 5",
                 "address = 0.0.0.0", "dst *", "not autobound", "not has dport"});
}

TEST_CASE("states compare as sets") {
  const TestSocket ssh = ssh_connection();
  check_matches(ssh, {"established", "state estab", "state connected", "state all", "exclude listening",
                      "not listening", "state = big", "state != listen", "state in (listen, established)",
                      "listening established"});
  check_misses(ssh, {"listening", "state bucket", "exclude connected", "exclude all", "state != established",
                     "state not in (listen, established)", "listening and established"});
}

TEST_CASE("a socket without a state is in none, but passes the filter for all") {
  const TestSocket stateless;
  check_matches(stateless, {"state all", "not established", "not exclude listening", "not has state"});
  check_misses(stateless, {"established", "exclude listening", "state != listen", "state big", "has state"});
}

TEST_CASE("of several owners any may match, and none may be unequal") {
  TestSocket shared = ssh_connection();
  shared.held_by({.pid = 900, .name = "nginx", .user = "www-data"}, 7);
  check_matches(shared,
                {"process = sshd", "process = nginx", "process ~ ^ng", "pid = 900", "pid > 800", "pid < 800",
                 "pid in (1, 712)", "pid not in (1, 2)", "process != apache", "process !~ apache", "fd = 7",
                 "process = sshd and process = nginx", "command_line ~ '^sshd: '", "process_user = www-data",
                 "process_user != root", "has process_user", "tid = 712"});
  check_misses(shared, {"process = apache", "process != sshd", "process != nginx", "process !~ sshd",
                        "pid != 712", "pid not in (900, 5)", "process = ssh", "executable = x",
                        "executable != x", "process_user != www-data"});
}

TEST_CASE("text is compared byte by byte") {
  TestSocket test;
  test.held_by({.pid = 1, .name = "a*b"}, 3);
  check_matches(test, {"process = a*b", "process < b", "process >= a*b", "process > 'a*'",
                       "process in (x, a*b)", R"(process ~ ^a\*b$)", "process ~ ''", "process != aXb"});
  check_misses(test, {"process = A*b", "process = a*", "process > b", "process = ''"});
  test.held_by({.pid = 2, .name = std::string("\x1b[31m\0x", 7)}, 3);
  check_matches(test, {R"(process = "\x1b[31m\x00x")", R"(process ~ "x$")", R"(process ~ "\x1b")"});
  check_misses(test, {R"(process = "\x1b[31m")", R"(process ~ "m$")"});
}

TEST_CASE("numbers compare in base units") {
  TestSocket test = ssh_connection();
  test.socket.recv_queue = 65536;
  check_matches(test, {"recv_queue = 64KiB", "recv_queue >= 64K", "recv_queue > 64KB", "recv_queue < 1M",
                       "recv_queue in (1, 64KiB)", "recv_queue != 0", "recv_queue <= 65536"});
  check_misses(
      test, {"recv_queue > 64KiB", "recv_queue < 64KiB", "recv_queue != 64KiB", "recv_queue not in (64K)"});
}

TEST_CASE("interfaces compare by index") {
  check_matches(ssh_connection(), {"dev eth0", "dev = 2", "dev != lo", "interface in (lo, eth0)", "has dev"});
  check_misses(ssh_connection(), {"dev lo", "dev != eth0", "dev not in (lo, eth0)"});
}

TEST_CASE("users compare by number") {
  check_matches(ssh_connection(), {"uid = 0", "user 0", "user != www-data"});
  check_misses(ssh_connection(), {"user = www-data", "uid != 0"});
}

TEST_CASE("families and protocols compare by name") {
  check_matches(ssh_connection(),
                {"family = inet", "family != unix", "protocol tcp", "protocol in (udp, tcp)"});
  check_misses(ssh_connection(),
               {"family = inet6", "family != ipv4", "protocol udp", "protocol not in (tcp, udp)"});
}

TEST_CASE("unix names match shell patterns in any case") {
  const TestSocket named = unix_socket("/run/App/Sock", "@Peer");
  check_matches(
      named, {"src /run/App/Sock", "src /RUN/app/sock", "src unix:/run/*", "src unix:*", "src /run/app/soc?",
              "src unix:*/[rs]ock", "dst @peer", "dst unix:@p*", "src != /tmp/*", "address @peer", "src *",
              "src in (10/8, /run/*)", "local = /run/app/sock"});
  check_misses(named, {"src /run", "src unix:", "src != /run/*", "dst /run/*", "src inet:*", "src 10/8",
                       "local != 10/8", "sport = 5", "has port"});
}

TEST_CASE("a unix socket that is only known by its inode has no name") {
  TestSocket unnamed = unix_socket("");
  unnamed.socket.facts.set_bytes(LocalStandIn, "inode:10035");
  unnamed.socket.facts.set_bytes(PeerStandIn, "inode:10036");
  check_matches(unnamed, {"src unix:", "dst unix:", "src unix:*", "not src unix:?*"});
  check_misses(unnamed, {"src unix:inode*", "src unix:?*", "local != unix:/run/*"});
  // A path may look so.
  check_misses(unix_socket("inode:4711"), {"src unix:"});
  check_matches(unix_socket("inode:4711"), {"src unix:inode:*", "local != unix:/run/*"});
}

TEST_CASE("a very long unix name is matched whole") {
  const std::string name = "/" + std::string(2000, 'A') + "/Sock";
  check_matches(unix_socket(name), {"src unix:*/sock", "src unix:/aaa*"});
  check_misses(unix_socket(name), {"src unix:/aaa"});
}

TEST_CASE("packet sockets match by protocol and interface") {
  TestSocket packet;
  packet.socket.family = Family::Packet;
  packet.socket.facts.set_bytes(LocalName, "ip");
  packet.socket.interface = 1;
  check_matches(packet, {"src link:ip:lo", "src link:*:lo", "src link:ip", "src link:0x800", "src link:*",
                         "sport = link:lo", "src != link:arp", "sport != link:eth0", "dst link:*"});
  check_misses(packet, {"src link:arp", "src link:ip:eth0", "dst link:ip", "sport != link:lo", "src 10/8"});
  packet.socket.interface.reset();
  packet.socket.facts.clear();
  packet.socket.facts.set_bytes(LocalName, "0x88b5");
  check_matches(packet, {"src link:0x88b5"});
  check_misses(packet, {"src link:*:lo", "local_port != link:lo", "src link:0x88b5:lo"});
}

TEST_CASE("whatever a packet socket's protocol is called, its number finds it") {
  Socket socket;
  std::size_t wrong = 0;
  for (unsigned number = 0; number <= 0xffff; ++number) {
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string line = "0000000000000000 3 3 ";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) line += Digits[(number >> shift) & 15];
    socket.clear();
    packet::parse_line(line + " 1 1 0 0 5", {Family::Packet, {}}, socket);
    const auto name = socket.facts.bytes(LocalName);
    if (!name || filter::ether_protocol(*name) != number) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("netlink sockets match by protocol and port id") {
  TestSocket netlink;
  netlink.socket.family = Family::Netlink;
  netlink.socket.protocol = netlink_protocol(0);
  netlink.socket.facts.set_bytes(LocalName, "6132");
  check_matches(netlink,
                {"src netlink:rtnl", "src netlink:route:6132", "sport > netlink:100", "src netlink:*",
                 "sport = netlink:6132", "src != netlink:uevent", "src netlink:0:*"});
  check_misses(netlink, {"src netlink:uevent", "src netlink:*:kernel", "sport = netlink:1", "sport > 100",
                         "dport = netlink:1", "peer_port != netlink:1", "dst netlink:route:1",
                         "src != netlink:route:6132"});
  netlink.socket.facts.clear();
  netlink.socket.facts.set_bytes(LocalName, "kernel");
  check_matches(netlink, {"src netlink:*:kernel", "sport = netlink:0", "sport = netlink:kernel"});
}

TEST_CASE("and, or and not do what they say") {
  check_matches(ssh_connection(),
                {"sport 22 dport 51022", "sport 22 or sport 1", "sport 1 or sport 22",
                 "sport 22 or sport 1 and sport 2", "not sport 1", "not (sport 22 and dport 1)",
                 "not not sport 22", "(sport 1 or sport 22) and (dport 51022 or pid 1)"});
  check_misses(ssh_connection(),
               {"sport 22 dport 1", "sport 1 or sport 2", "(sport 22 or sport 1) and sport 2", "not sport 22",
                "not (sport 22 or dport 1)"});
}

}  // namespace filter_match_test
