#include <linux/inet_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::namespace_lister_test {
namespace {

constexpr std::uint32_t PortId = FakeChannel::PortId;
constexpr std::uint64_t Own = 100;
constexpr std::uint64_t Blue = 200;
constexpr std::uint64_t Red = 300;

/// A connection from 10.0.0.1:40000 to 10.0.0.2:80, seen from one of its ends; each namespace has the same
/// cookie numbers, as if each counted for itself.
inet_diag_msg end_of_connection(bool client, std::uint32_t inode) {
  inet_diag_msg message{};
  message.idiag_family = AF_INET;
  message.idiag_state = 1;
  message.id.idiag_sport = htons(client ? 40000 : 80);
  message.id.idiag_dport = htons(client ? 80 : 40000);
  message.id.idiag_src[0] = htonl(client ? 0x0a000001 : 0x0a000002);
  message.id.idiag_dst[0] = htonl(client ? 0x0a000002 : 0x0a000001);
  message.id.idiag_cookie[0] = 1;
  message.id.idiag_if = 2;
  message.idiag_inode = inode;
  return message;
}

/// Answers what is asked about TCP over IPv4 by the namespace in which it is asked.
void answer_by_namespace(FakeSystem& system, std::map<std::uint64_t, inet_diag_msg> sockets) {
  system.script = [&system, sockets = std::move(sockets)](ByteView request, std::uint32_t sequence) {
    const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
    FakeChannel::Datagrams datagrams;
    // Without the request of old kernels for both families at once.
    if (load<nlmsghdr>(request)->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
      datagrams.emplace_back(error_message(sequence, PortId, ENOENT));
      return datagrams;
    }
    const auto found = sockets.find(system.current_namespace == 0 ? Own : system.current_namespace);
    const bool asked = body && body->sdiag_family == AF_INET && body->sdiag_protocol == IPPROTO_TCP;
    if (asked && found != sockets.end() && ((body->idiag_states >> found->second.idiag_state) & 1) != 0)
      datagrams.emplace_back(netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, bytes_of(found->second)));
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
}

void add_process(FakeSystem& system, int pid, const std::string& name, std::uint64_t netns, int inode) {
  const std::string folder = "/proc/" + std::to_string(pid);
  system.directories["/proc"].push_back(std::to_string(pid));
  system.inodes[folder + "/ns/net"] = netns;
  system.links[folder + "/fd"] = {{"3", "socket:[" + std::to_string(inode) + "]"}};
  system.files[folder + "/stat"] =
      std::to_string(pid) + " (" + name + ") S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
}

void fill(FakeSystem& system) {
  system.inodes["/proc/thread-self/ns/net"] = Own;
  system.directories["/run/netns"] = {"blue", "red"};
  system.inodes["/run/netns/blue"] = Blue;
  system.inodes["/run/netns/red"] = Red;
  system.interfaces[2] = "eth0";
  system.interfaces_elsewhere[Blue][2] = "veth0";
  add_process(system, 10, "curl", Own, 1001);
  add_process(system, 20, "nginx", Blue, 2001);
  add_process(system, 30, "other", Red, 3001);
  answer_by_namespace(system, {{Own, end_of_connection(true, 1001)}, {Blue, end_of_connection(false, 2001)}});
}

Query query_for(const std::vector<std::string_view>& names) {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  for (const std::string_view name : names) query.fields.push_back(find_field(name));
  return query;
}

struct Listing {
  Result<Report> report;
  std::vector<std::string> rows;
};

Listing list(const FakeSystem& system, const Query& query) {
  Listing listing;
  listing.report = list_sockets(system, query, [&](Values row) {
    std::string& text = listing.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += ' ';
      row[i] ? append_value(text, *row[i], query.fields[i]->type, Style::Human)
             : static_cast<void>(text += '-');
    }
    return true;
  });
  return listing;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("all namespaces are listed in one run, each with its own sockets and names of interfaces") {
  FakeSystem system;
  fill(system);
  Query query = query_for({"netns", "netns_name", "local_port", "interface", "process"});
  query.all_namespaces = true;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"100 curl/10 40000 eth0 curl", "200 blue 80 veth0 nginx"});
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("sockets with one cookie in two namespaces are two sockets") {
  FakeSystem system;
  fill(system);
  answer_by_namespace(system, {{Own, end_of_connection(true, 1001)}, {Blue, end_of_connection(true, 2001)}});
  Query query = query_for({"netns", "cookie", "local"});
  query.all_namespaces = true;
  CHECK(list(system, query).rows == Rows{"100 1 10.0.0.1%eth0:40000", "200 1 10.0.0.1%veth0:40000"});
}

TEST_CASE("only the namespaces that were asked for are listed") {
  FakeSystem system;
  fill(system);
  Query query = query_for({"netns_name", "local_port"});
  query.namespaces = {{"/run/netns/blue", Blue, "blue"}};
  CHECK(list(system, query).rows == Rows{"blue 80"});
  CHECK_FALSE(system.was_accessed("/proc/10"));
}

TEST_CASE("a namespace that may not be entered is named, with what would help, and the others are listed") {
  FakeSystem system;
  fill(system);
  system.refusals = {{"/run/netns/blue", EPERM}, {"/run/netns/red", EPERM}};
  Query query = query_for({"local_port"});
  query.all_namespaces = true;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"40000"});
  REQUIRE(listing.report->warnings.size() == 1);
  const Warning& warning = listing.report->warnings.front();
  CHECK(warning.message == "2 network namespaces (blue, red) cannot be entered: Operation not permitted");
  CHECK(warning.remedy.find("CAP_SYS_ADMIN") != std::string::npos);
  CHECK(listing.report->sockets_missing());
}

TEST_CASE("when the only namespace may not be entered that is an error") {
  FakeSystem system;
  fill(system);
  system.refusals = {{"/run/netns/blue", EPERM}};
  Query query = query_for({"local_port"});
  query.namespaces = {{"/run/netns/blue", Blue, "blue"}};
  const Listing listing = list(system, query);
  REQUIRE_FALSE(listing.report);
  CHECK(listing.report.error().message().find("blue cannot be entered") != std::string::npos);
}

TEST_CASE("a namespace whose path leads elsewhere by now is not listed under its name") {
  FakeSystem system;
  fill(system);
  Query query = query_for({"local_port"});
  query.namespaces = {{"/run/netns/blue", 999, "gone"}, {"", 0, ""}};
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"40000"});
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings.front().message.find("network namespace gone cannot be entered") == 0);
}

TEST_CASE("interfaces are compared by name where each namespace has indexes of its own") {
  FakeSystem system;
  fill(system);
  FilterNames names;
  names.interfaces_by_name = true;
  Query query = query_for({"netns_name"});
  query.all_namespaces = true;
  query.filter = Filter::parse("dev veth0", names).value();
  CHECK(list(system, query).rows == Rows{"blue"});
  query.numeric = true;
  CHECK(list(system, query).rows == Rows{"blue"});
}

TEST_CASE("the peer of a connection across namespaces is the process at its other end") {
  FakeSystem system;
  fill(system);
  const Listing listing =
      list(system, query_for({"processes", "peer_processes", "peer_process", "peer_pid"}));
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"curl/10 nginx/20 nginx 20"});
}

TEST_CASE("a peer in a namespace that may not be entered is unknown, and a warning says so") {
  FakeSystem system;
  fill(system);
  system.refusals = {{"/run/netns/blue", EPERM}};
  const Listing listing = list(system, query_for({"processes", "peer_processes"}));
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"curl/10 -"});
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings.front().kind == Warning::Kind::OwnersMissing);
  CHECK(listing.report->warnings.front().message.find("other end of 1 socket") != std::string::npos);
}

TEST_CASE("peers and names of namespaces are looked for only when they are asked for") {
  FakeSystem system;
  fill(system);
  REQUIRE(list(system, query_for({"processes", "netns"})).report);
  CHECK_FALSE(system.was_accessed("/run/netns"));
  CHECK_FALSE(system.was_accessed("/proc/20/ns"));
  CHECK_FALSE(system.was_accessed("/proc/20/cgroup"));
}

TEST_CASE("the peer behind a docker-proxy is the process in the container") {
  FakeSystem system;
  fill(system);
  // curl talks to docker-proxy on the loopback; nginx listens in `blue`, which has the container's address.
  inet_diag_msg client = end_of_connection(true, 1001);
  client.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  client.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  client.id.idiag_dport = htons(8080);
  inet_diag_msg proxy = client;
  std::swap(proxy.id.idiag_sport, proxy.id.idiag_dport);
  proxy.id.idiag_cookie[0] = 2;
  proxy.idiag_inode = 4001;
  inet_diag_msg server{};
  server.idiag_family = AF_INET;
  server.idiag_state = 10;
  server.id.idiag_sport = htons(80);
  server.idiag_inode = 2001;
  add_process(system, 40, "docker-proxy", Own, 4001);
  std::string arguments =
      "docker-proxy -proto tcp -host-port 8080 -container-ip 172.17.0.2 -container-port 80 ";
  for (char& c : arguments)
    if (c == ' ') c = '\0';
  system.files["/proc/40/cmdline"] = arguments;
  system.addresses[Blue] = {*Address::parse("172.17.0.2")};
  system.script = [&](ByteView request, std::uint32_t sequence) {
    const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
    FakeChannel::Datagrams datagrams;
    // Without the request of old kernels for both families at once.
    if (load<nlmsghdr>(request)->nlmsg_type != SOCK_DIAG_BY_FAMILY) {
      datagrams.emplace_back(error_message(sequence, PortId, ENOENT));
      return datagrams;
    }
    const bool asked = body && body->sdiag_family == AF_INET && body->sdiag_protocol == IPPROTO_TCP;
    const auto say = [&](const inet_diag_msg& message) {
      if (asked && ((body->idiag_states >> message.idiag_state) & 1) != 0)
        datagrams.emplace_back(netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, bytes_of(message)));
    };
    if (system.current_namespace == 0) say(client);
    if (system.current_namespace == 0) say(proxy);
    if (system.current_namespace == Blue) say(server);
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
  const Listing listing =
      list(system, query_for({"processes", "peer_processes", "proxied_process", "proxied_pid"}));
  REQUIRE(listing.report);
  CHECK(listing.rows == Rows{"curl/10 nginx/20 - -", "docker-proxy/40 curl/10 nginx 20"});
}

TEST_CASE("without /proc every kind and namespace says so in one line") {
  FakeSystem system;
  system.directories["/run/netns"] = {"blue", "red"};
  system.inodes["/run/netns/blue"] = Blue;
  system.inodes["/run/netns/red"] = Red;
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{error_message(sequence, PortId, ENOENT)};
  };
  Query query;
  query.namespaces = {{"/run/netns/blue", Blue, "blue"}, {"/run/netns/red", Red, "red"}};
  query.kinds = {
      {Family::Inet, Protocol::Raw}, {Family::Inet6, Protocol::Raw}, {Family::Inet, Protocol::Icmp}};
  query.fields = {find_field("inode")};
  const auto report = list_sockets(system, query, [](Values) { return true; });
  REQUIRE_FALSE(report);
  CHECK(report.error().message() ==
        "list sockets: 2 network namespaces (blue, red): raw (IPv4), raw (IPv6), icmp (IPv4) sockets: there "
        "is no "
        "/proc/thread-self/net (mount proc on /proc)");
}

TEST_CASE("what helps into a rootless network namespace is nsenter, and for another CAP_SYS_ADMIN") {
  FakeSystem system;
  fill(system);
  system.files["/proc/thread-self/status"] = "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nCapEff:\t0\n";
  system.inodes["/proc/41/ns/net"] = Red;
  system.inodes["/proc/41/ns/user"] = 4026532777;
  system.refusals["/proc/41/ns/net"] = EPERM;
  system.refusals["/run/netns/blue"] = EPERM;
  Query query;
  query.namespaces = {{{}, Own, {}}, {"/proc/41/ns/net", Red, "slirp/41"}, {"/run/netns/blue", Blue, "blue"}};
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  query.fields = {find_field("inode")};
  const auto report = list_sockets(system, query, [](Values) { return true; });
  REQUIRE(report);
  REQUIRE(report->warnings.size() == 2);
  CHECK(report->warnings[0].message == "network namespace blue cannot be entered: Operation not permitted");
  CHECK(report->warnings[0].remedy ==
        "run as root, or give the program CAP_SYS_ADMIN: see PRIVILEGES in sockls(1)");
  CHECK(report->warnings[1].remedy == "nsenter -t 41 -U -n --preserve-credentials sockls");
}

}  // namespace sockutils::test::namespace_lister_test
