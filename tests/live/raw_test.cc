#include <netinet/in.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::raw_test {
namespace {

constexpr int UnusedProtocol = 253;  // RFC 3692: for experiments

UniqueFd make_ping_socket(int family) {
  const int protocol = family == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : IPPROTO_ICMP;
  return make_socket(family, SOCK_DGRAM, protocol);
}

TEST_CASE("raw sockets are listed with their IP protocol for a port") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd fd = make_socket(family, SOCK_RAW, UnusedProtocol);
    for (const Source source : FallbackSources) {
      const SocketRow row = check_core_facts(fd, "unconnected", source);
      CHECK(row["protocol"] == "raw");
      CHECK(row["local_port"] == std::to_string(UnusedProtocol));
    }
  }
}

TEST_CASE("a raw socket that is bound and connected has both addresses") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd fd = make_socket(family, SOCK_RAW, UnusedProtocol);
    bind_to(fd, loopback(family));
    // Without a port, which means nothing here, getpeername(2) knows no peer. /proc does not tell it.
    connect_to(fd, loopback(family, 7));
    for (const Source source : FallbackSources) {
      const bool from_proc = effective_source(source, Family::Inet, "raw") == Source::Proc;
      check_core_facts(fd, "established", source, {{"peer_port", from_proc ? std::string(Absent) : "7"}});
    }
  }
}

TEST_CASE("ping sockets are listed with their ICMP identifier for a port") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd fd = make_ping_socket(family);
    bind_to(fd, loopback(family, 4242));
    for (const Source source : FallbackSources) {
      const SocketRow row = check_core_facts(fd, "unconnected", source);
      CHECK(row["protocol"] == "icmp");
      CHECK(row["local_port"] == "4242");
    }
  }
}

TEST_CASE("a ping socket that is connected has a peer without a port") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_ping_socket(AF_INET);
  connect_to(fd, loopback(AF_INET));
  for (const Source source : FallbackSources) {
    const SocketRow row = find_row(fd, source);
    CHECK(row["state"] == "established");
    CHECK(row["peer_address"] == "127.0.0.1");
    CHECK(row["peer_port"] == Absent);
  }
}

TEST_CASE("a kernel without a netlink handler for a kind is an error or a warning, not an empty list") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_socket(AF_INET, SOCK_RAW, UnusedProtocol);
  if (effective_source(Source::Netlink, Family::Inet, "raw") == Source::Netlink)
    SKIP_OUT_LOUD("this kernel has netlink handlers for raw sockets");
  Query query;
  query.source = Source::Netlink;
  query.fields = {find_field("inode")};
  query.kinds = {{Family::Inet, Protocol::Raw}};
  const auto alone = list_sockets(query, [](Values) { return true; });
  REQUIRE_FALSE(alone.has_value());
  CHECK(alone.error().message().find("raw") != std::string::npos);

  query.kinds.push_back({Family::Inet, Protocol::Tcp});
  const auto among_others = list_sockets(query, [](Values) { return true; });
  REQUIRE(among_others.has_value());
  CHECK(among_others->sockets_missing());

  query.source = Source::Auto;
  const auto fallen_back = list_sockets(query, [](Values) { return true; });
  REQUIRE(fallen_back.has_value());
  CHECK_FALSE(fallen_back->sockets_missing());
}

}  // namespace
}  // namespace sockutils::test::raw_test
