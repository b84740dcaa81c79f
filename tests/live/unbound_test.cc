#include <linux/if_xdp.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::unbound_test {
namespace {

Listing list_unbound(std::vector<SocketKind> kinds) {
  Query query;
  query.kinds = std::move(kinds);
  query.unbound = true;
  return Listing::take(std::move(query));
}

std::vector<SocketKind> internet() { return kinds_of({Family::Inet, Family::Inet6}); }

std::string inode_text(const UniqueFd& fd) { return std::to_string(inode_of(fd)); }

TEST_CASE("a TCP or UDP socket that is only made is listed when that is asked for") {
  REQUIRE_PRIVATE_NETWORK();
  struct Kind {
    int family;
    int type;
    const char* protocol;
    const char* state;
    const char* kernel_name;
  };
  for (const Kind& kind : {Kind{AF_INET, SOCK_STREAM, "tcp", "closed", "TCP"},
                           Kind{AF_INET6, SOCK_STREAM, "tcp", "closed", "TCPv6"},
                           Kind{AF_INET, SOCK_DGRAM, "udp", "unconnected", "UDP"},
                           Kind{AF_INET6, SOCK_DGRAM, "udp", "unconnected", "UDPv6"}}) {
    INFO(kind.kernel_name);
    const UniqueFd fd = make_socket(kind.family, kind.type);
    CHECK(Listing::take(Source::Auto, internet()).where("inode", inode_text(fd)).empty());
    const SocketRow row = list_unbound(internet()).the_one("inode", inode_text(fd));
    CHECK(row["family"] == (kind.family == AF_INET ? "inet" : "inet6"));
    CHECK(row["protocol"] == kind.protocol);
    CHECK(row["state"] == kind.state);
    CHECK(row["kernel_protocol"] == kind.kernel_name);
    CHECK(row["unbound"] == "true");
    CHECK(row["uid"] == std::to_string(geteuid()));
    REQUIRE(row.holders().size() == 1);
    CHECK(row.holders()[0].process.pid == getpid());
    CHECK(row.holders()[0].fd == fd.get());
    for (const char* field :
         {"local_address", "local_port", "peer_address", "cookie", "recv_queue", "exposure"})
      CHECK(row[field] == Absent);
  }
}

TEST_CASE("a socket that is bound, listens or is connected is not unbound, and listed once") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const UniqueFd bound = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(bound, loopback(AF_INET));
  const Listing listing = list_unbound(internet());
  for (const UniqueFd* fd : {&connection.listener, &connection.client, &connection.server, &bound})
    CHECK(listing.the_one("inode", inode_text(*fd))["unbound"] == "false");
}

TEST_CASE("a connection that the other end has reset is held, and in no table any more") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  const std::string inode = inode_text(connection.client);
  set_option(connection.server, SOL_SOCKET, SO_LINGER, linger{1, 0});
  connection.server = UniqueFd();
  REQUIRE(eventually([&] { return Listing::take(Source::Auto, internet()).where("inode", inode).empty(); }));
  const SocketRow row = list_unbound(internet()).the_one("inode", inode);
  CHECK(row["state"] == "closed");
  CHECK(row["unbound"] == "true");
}

TEST_CASE("an unbound netlink socket is listed, without a protocol that nothing tells") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  const SocketRow row = list_unbound(kinds_of({Family::Netlink})).the_one("inode", inode_text(fd));
  CHECK(row["family"] == "netlink");
  CHECK(row["protocol"] == Absent);
  CHECK(row["state"] == "unconnected");
}

TEST_CASE("a socket of another network namespace is not unbound in this one") {
  REQUIRE_PRIVATE_NETWORK();
  const Child elsewhere([] {
    if (unshare(CLONE_NEWNET) != 0) _exit(1);
    static const UniqueFd held = make_socket(AF_INET, SOCK_STREAM);
  });
  const Listing listing = list_unbound(internet());
  for (const SocketRow& row : listing.where("unbound", "true"))
    for (const Holder& holder : row.holders()) CHECK(holder.process.pid != elsewhere.pid());
}

/// The kernel may be able to list such sockets, or not; either way they are not left out in silence.
void check_listed_or_said(const UniqueFd& fd, Family family, const std::string& said) {
  Query query;
  query.kinds = {{family, {}}};
  query.fields = {find_field("inode")};
  bool listed = false;
  const auto report = list_sockets(query, [&](Values row) {
    listed = listed || std::get<std::uint64_t>(*row[0]) == inode_of(fd);
    return true;
  });
  if (!listed) {
    REQUIRE_FALSE(report);
    CHECK(report.error().message().find(said) != std::string::npos);
  }
  const SocketRow row = list_unbound({{family, {}}, {Family::Unix, {}}}).the_one("inode", inode_text(fd));
  CHECK(row["family"] == name(family));
  CHECK(row["unbound"] == (listed ? "false" : "true"));
}

TEST_CASE("an XDP socket is listed, or it is said that the kernel cannot list it") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!fd) SKIP_OUT_LOUD("this kernel has no XDP sockets");
  check_listed_or_said(fd, Family::Xdp, "xdp sockets: the kernel cannot list 1 of them");
}

TEST_CASE("a vsock socket is listed, or it is said that the kernel cannot list it") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) SKIP_OUT_LOUD("this kernel has no vsock sockets");
  check_listed_or_said(fd, Family::Vsock, "vsock sockets: the kernel cannot list any that there are");
}

TEST_CASE("a listener's exposure is that of its address") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd near = make_tcp_listener(AF_INET, 1);
  CHECK(find_row(near, Source::Netlink)["exposure"] == "loopback");
  UniqueFd wide = make_socket(AF_INET6, SOCK_STREAM);
  listen_on(wide, 1);
  for (const Source source : BothSources) CHECK(find_row(wide, source)["exposure"] == "any");
  UniqueFd tied = make_socket(AF_INET, SOCK_STREAM);
  set_option_text(tied, SOL_SOCKET, SO_BINDTODEVICE, "lo");
  listen_on(tied, 1);
  CHECK(find_row(tied, Source::Netlink)["exposure"] == "loopback");
  const TcpConnection connection = make_tcp_connection();
  CHECK(find_row(connection.client, Source::Netlink)["exposure"] == Absent);
}

}  // namespace
}  // namespace sockutils::test::unbound_test
