#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::netlink_test {
namespace {

TEST_CASE("netlink sockets of several protocols are listed with port id and groups") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int protocol : {NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC, NETLINK_SOCK_DIAG}) {
    const UniqueFd fd = make_socket(AF_NETLINK, SOCK_RAW, protocol);
    bind_to(fd, SocketAddress::netlink(0, 0));
    for (const Source source : BothSources) {
      // sock_diag leaves out the groups of a socket that has joined none.
      const std::string no_groups(source == Source::Netlink ? Absent : "0");
      check_core_facts(fd, "unconnected", source,
                       {{"netlink_groups", no_groups}, {"recv_queue", "0"}, {"send_queue", "0"}});
    }
  }
}

TEST_CASE("a netlink socket's multicast groups are listed, and the socket once") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr std::uint32_t Groups = RTMGRP_LINK | RTMGRP_IPV4_ROUTE;
  const UniqueFd fd = make_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  bind_to(fd, SocketAddress::netlink(0, Groups));
  // The kernel's dump shows such a socket twice, which find_row would not stand.
  for (const Source source : BothSources)
    check_core_facts(fd, "unconnected", source, {{"netlink_groups", std::to_string(Groups)}});
}

TEST_CASE("a netlink port id need not be a process id") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
  bind_to(fd, SocketAddress::netlink(0x7fff1234, 0));
  for (const Source source : BothSources)
    check_core_facts(fd, "unconnected", source, {{"local", "2147422772"}, {"kernel_owned", "false"}});
}

TEST_CASE("the kernel's own netlink sockets are listed as the kernel's, and without an owner") {
  REQUIRE_PRIVATE_NETWORK();
  for (const Source source : BothSources) {
    const std::vector<SocketRow> rows =
        Listing::take(source, kinds_of({Family::Netlink})).where("netlink_port_id", "0");
    REQUIRE_FALSE(rows.empty());
    for (const SocketRow& row : rows) {
      CHECK(row["local"] == "kernel");
      CHECK(row["kernel_owned"] == "true");
      CHECK(row["processes"] == "kernel");
    }
  }
}

}  // namespace
}  // namespace sockutils::test::netlink_test
