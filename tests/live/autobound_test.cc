#include "support/catch.h"
#include "support/listing.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::autobound_test {
namespace {

Listing filtered(const char* text) {
  Query query;
  query.kinds = socket_kinds();
  query.filter = Filter::parse(text, {}).value();
  return Listing::take(std::move(query));
}

std::size_t count(const char* text, const UniqueFd& fd) {
  return filtered(text).where("cookie", std::to_string(cookie_of(fd))).size();
}

}  // namespace

TEST_CASE("autobound is a port that the kernel chose") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const UniqueFd chosen = make_socket(AF_INET6, SOCK_DGRAM);
  bind_to(chosen, SocketAddress::v6("::1", 4711));
  for (const Source source : {Source::Auto, Source::Netlink}) {
    const Listing all = Listing::take(source, kinds_of({Family::Inet, Family::Inet6}));
    const auto told = [&](const UniqueFd& fd) {
      return all.the_one("cookie", std::to_string(cookie_of(fd)))["autobound"];
    };
    CHECK(told(connection.client) == "true");
    // To bind(2) the port 0 means: choose one.
    CHECK(told(connection.listener) == "true");
    CHECK(told(chosen) == "false");
    CHECK(told(connection.server) == "true");
  }
}

TEST_CASE("autobound goes with any other test, by and, or, not") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const UniqueFd chosen = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(chosen, SocketAddress::v4("127.0.0.1", 4712));
  CHECK(count("autobound", connection.client) == 1);
  CHECK(count("autobound", chosen) == 0);
  CHECK(count("not autobound", chosen) == 1);
  CHECK(count("not autobound", connection.client) == 0);
  CHECK(count("autobound and has pid", connection.client) == 1);
  CHECK(count("autobound and not has pid", connection.client) == 0);
  CHECK(count("autobound or sport = 4712", chosen) == 1);
  CHECK(count("not (autobound or sport = 4712)", chosen) == 0);
  CHECK(count("not (autobound and has pid)", chosen) == 1);
}

TEST_CASE("whether a port of TIME_WAIT was chosen is not known") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  const std::string port = std::to_string(SocketAddress::local_of(connection.client.get()).port());
  const std::string peer_port = std::to_string(SocketAddress::local_of(connection.server.get()).port());
  connection.client = UniqueFd();
  connection.server = UniqueFd();
  const auto rows = [&](const std::string& text) {
    return filtered((text + "state time-wait and sport = " + port + " and dport = " + peer_port).c_str())
        .rows()
        .size();
  };
  REQUIRE(eventually([&] { return rows("") == 1; }));
  CHECK(rows("autobound and ") == 0);
  CHECK(rows("not autobound and ") == 1);
  CHECK(rows("not has autobound and ") == 1);
}

}  // namespace sockutils::test::autobound_test
