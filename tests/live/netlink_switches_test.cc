#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::netlink_switches_test {
namespace {

/// Later than the headers that this may be built with: enum rtnetlink_groups.
constexpr int BridgeVlanGroup = 33;

UniqueFd make_netlink_socket(int protocol, std::uint32_t port_id = 0) {
  UniqueFd fd = make_socket(AF_NETLINK, SOCK_RAW, protocol);
  bind_to(fd, SocketAddress::netlink(port_id, 0));
  return fd;
}

TEST_CASE("a netlink socket's groups are listed beyond the first 32") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_netlink_socket(NETLINK_ROUTE);
  for (const int group : {int{RTNLGRP_LINK}, int{RTNLGRP_ND_USEROPT}, BridgeVlanGroup})
    set_option(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  const SocketRow row = find_row(fd, Source::Netlink);
  CHECK(row["netlink_group_list"] == "1,20,33");
  CHECK(row["netlink_groups"] == std::to_string(1 | 1 << 19));
}

TEST_CASE("a netlink socket's switches are listed by name") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_netlink_socket(NETLINK_ROUTE);
  CHECK(find_row(fd, Source::Netlink)["netlink_flags"] == "");
  for (const int switched : {NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR, NETLINK_NO_ENOBUFS,
                             NETLINK_LISTEN_ALL_NSID, NETLINK_CAP_ACK})
    set_option(fd, SOL_NETLINK, switched, 1);
  CHECK(find_row(fd, Source::Netlink)["netlink_flags"] ==
        "pktinfo,broadcast-error,no-enobufs,listen-all-nsid,cap-ack");
  CHECK(find_row(fd, Source::Proc)["netlink_flags"] == Absent);
}

TEST_CASE("a netlink socket that the kernel is answering says so") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_netlink_socket(NETLINK_ROUTE);
  // Too little room for the answer: the dump waits for the reader.
  set_option(fd, SOL_SOCKET, SO_RCVBUF, 1);
  struct {
    nlmsghdr header;
    rtgenmsg body;
  } request{{sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
  checked(static_cast<int>(send(fd.get(), &request, sizeof request, 0)), "send");
  CHECK(find_row(fd, Source::Netlink)["netlink_flags"] == "cb-running");
}

TEST_CASE("a netlink socket is listed with what it is connected to") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd receiver = make_netlink_socket(NETLINK_USERSOCK, 0x7fff4321);
  const UniqueFd sender = make_netlink_socket(NETLINK_USERSOCK, 0x7fff4322);
  CHECK(find_row(sender, Source::Netlink)["netlink_destination"] == Absent);
  connect_to(sender, SocketAddress::netlink(0x7fff4321, 4));
  const SocketRow row = find_row(sender, Source::Netlink);
  CHECK(row["netlink_destination"] == std::to_string(0x7fff4321));
  CHECK(row["netlink_destination_group"] == "3");
  CHECK(row["peer"] == std::to_string(0x7fff4321));
}

TEST_CASE("a netlink port id that the kernel chose names the process, one that was chosen does not") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd first = make_netlink_socket(NETLINK_USERSOCK);
  REQUIRE(SocketAddress::local_of(first.get()).as<sockaddr_nl>().nl_pid == static_cast<unsigned>(getpid()));
  CHECK(find_row(first, Source::Netlink)["netlink_process"] == proc_text("/proc/self/comm"));
  // The pid is taken by now: the kernel chooses a number that is no pid.
  const UniqueFd second = make_netlink_socket(NETLINK_USERSOCK);
  CHECK(find_row(second, Source::Netlink)["netlink_process"] == Absent);
  // Process 1 is there, and does not hold this socket.
  const UniqueFd pretender = make_netlink_socket(NETLINK_USERSOCK, 1);
  CHECK(find_row(pretender, Source::Netlink)["netlink_process"] == Absent);
}

}  // namespace
}  // namespace sockutils::test::netlink_switches_test
