#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include "live/core_facts.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::addresses_test {
namespace {

UniqueFd make_v6_socket(int type, bool v6_only) {
  UniqueFd fd = make_socket(AF_INET6, type);
  set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only ? 1 : 0);
  return fd;
}

/// How a table shows the local end.
std::string human_local(const UniqueFd& fd) {
  Query query;
  query.fields = {find_field("inode"), find_field("local")};
  std::string text;
  const auto report = list_sockets(query, [&](Values row) {
    if (row[0] && std::get<std::uint64_t>(*row[0]) == inode_of(fd))
      append_value(text, *row[1], Type::Endpoint, Style::Human);
    return true;
  });
  REQUIRE(report.has_value());
  return text;
}

/// What ioctl(2) SIOCSIFADDR takes for IPv6; linux/ipv6.h has it, and quarrels with netinet/in.h.
struct InterfaceAddress {
  in6_addr address;
  std::uint32_t prefix_length;
  int interface;
};

void add_link_local_address_to_loopback() {
  const UniqueFd fd = make_socket(AF_INET6, SOCK_DGRAM);
  const auto address = SocketAddress::v6("fe80::1").as<sockaddr_in6>().sin6_addr;
  const InterfaceAddress request{address, 64, static_cast<int>(if_nametoindex("lo"))};
  if (ioctl(fd.get(), SIOCSIFADDR, &request) != 0 && errno != EEXIST) checked(-1, "SIOCSIFADDR");
}

TEST_CASE("a dual-stack listener and a v6-only one are told apart") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd dual = make_v6_socket(SOCK_STREAM, false);
  const UniqueFd only = make_v6_socket(SOCK_STREAM, true);
  for (const UniqueFd* fd : {&dual, &only}) {
    bind_to(*fd, SocketAddress::v6("::"));
    listen_on(*fd, 1);
  }
  const SocketRow both = check_core_facts(dual, "listen", Source::Netlink);
  CHECK(both["v6_only"] == "false");
  CHECK(both["dual_stack"] == "true");
  const SocketRow v6 = check_core_facts(only, "listen", Source::Netlink);
  CHECK(v6["v6_only"] == "true");
  CHECK(v6["dual_stack"] == "false");
  CHECK(human_local(dual).starts_with("*:"));
  CHECK(human_local(only).starts_with("[::]:"));
}

TEST_CASE("what /proc/net does not say of a wildcard listener is absent") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd dual = make_v6_socket(SOCK_STREAM, false);
  bind_to(dual, SocketAddress::v6("::"));
  listen_on(dual, 1);
  const SocketRow row = check_core_facts(dual, "listen", Source::Proc);
  CHECK(row["v6_only"] == Absent);
  CHECK(row["dual_stack"] == Absent);
}

TEST_CASE("a listener on a specific address is not dual-stack") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_tcp_listener(family, 1);
    CHECK(check_core_facts(listener, "listen", Source::Netlink)["dual_stack"] == "false");
  }
}

TEST_CASE("a wildcard listener for IPv4 has the address 0.0.0.0 and no peer") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_socket(AF_INET, SOCK_STREAM);
  bind_to(listener, SocketAddress::v4("0.0.0.0"));
  listen_on(listener, 1);
  for (const Source source : BothSources) {
    const SocketRow row = check_core_facts(listener, "listen", source);
    CHECK(row["local_address"] == "0.0.0.0");
    CHECK(row["peer_address"] == Absent);
    CHECK(row["peer"] == "*");
  }
}

TEST_CASE("a connection from IPv4 to a dual-stack listener is v4-mapped on one side only") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_v6_socket(SOCK_STREAM, false);
  bind_to(listener, SocketAddress::v6("::"));
  listen_on(listener, 1);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, SocketAddress::v4("127.0.0.1", SocketAddress::local_of(listener.get()).port()));
  const UniqueFd server = accept_from(listener);
  for (const Source source : BothSources) {
    const SocketRow mapped = check_core_facts(server, "established", source);
    CHECK(mapped["local_address"] == "::ffff:127.0.0.1");
    CHECK(mapped["family"] == "inet6");
    CHECK(check_core_facts(client, "established", source)["local_address"] == "127.0.0.1");
  }
}

TEST_CASE("a v4-mapped client over an IPv6 socket shows mapped addresses at both ends") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const UniqueFd client = make_socket(AF_INET6, SOCK_STREAM);
  connect_to(client, SocketAddress::v6("::ffff:127.0.0.1", SocketAddress::local_of(listener.get()).port()));
  for (const Source source : BothSources)
    CHECK(check_core_facts(client, "established", source)["peer_address"] == "::ffff:127.0.0.1");
}

TEST_CASE("a socket that is bound to an interface is listed with it") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_socket(family, SOCK_STREAM);
    set_option_text(listener, SOL_SOCKET, SO_BINDTODEVICE, "lo");
    bind_to(listener, loopback(family));
    listen_on(listener, 1);
    const SocketRow row = check_core_facts(listener, "listen", Source::Netlink);
    CHECK(row["interface"] == "lo");
    CHECK(row["interface_index"] == std::to_string(if_nametoindex("lo")));
    const std::string port = std::to_string(SocketAddress::local_of(listener.get()).port());
    CHECK(row["local"] == (family == AF_INET ? "127.0.0.1%lo:" : "[::1]%lo:") + port);
    CHECK(check_core_facts(listener, "listen", Source::Proc)["interface"] == Absent);
  }
}

TEST_CASE("a link-local address is shown with its interface") {
  REQUIRE_PRIVATE_NETWORK();
  add_link_local_address_to_loopback();
  const UniqueFd listener = make_socket(AF_INET6, SOCK_STREAM);
  const auto address = SocketAddress::v6("fe80::1", 7100, if_nametoindex("lo"));
  // Not before the kernel is sure that nobody else has this address (RFC 4862, 5.4).
  REQUIRE(eventually([&] { return bind(listener.get(), address.get(), address.size()) == 0; }));
  listen_on(listener, 1);
  const SocketRow row = find_row(listener, Source::Netlink);
  CHECK(row["local_address"] == "fe80::1");
  CHECK(row["local"] == "[fe80::1]%lo:7100");
  CHECK(row["interface"] == "lo");
}

}  // namespace
}  // namespace sockutils::test::addresses_test
