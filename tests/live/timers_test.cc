#include <linux/tcp.h>
#include <netinet/in.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::timers_test {
namespace {

/// Sends until the peer, which does not read, has closed its window.
void fill_peer_window(const UniqueFd& fd) {
  const std::string chunk(65536, 'x');
  while (send(fd.get(), chunk.data(), chunk.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
  }
}

TEST_CASE("an idle connection has no timer") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  for (const Source source : BothSources) {
    const SocketRow row = find_row(connection.client, source);
    CHECK(row["timer"] == Absent);
    CHECK(row["timer_expires"] == Absent);
    CHECK(row["timer_retransmits"] == Absent);
  }
}

TEST_CASE("a keepalive timer is listed with the time that is left") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option(connection.client, IPPROTO_TCP, TCP_KEEPIDLE, 100);
  set_option(connection.client, SOL_SOCKET, SO_KEEPALIVE, 1);
  for (const Source source : BothSources) {
    const SocketRow row = find_row(connection.client, source);
    CHECK(row["timer"] == "keepalive");
    CHECK(row.number("timer_expires") > 90'000'000);
    CHECK(row.number("timer_expires") <= 100'000'000);
    CHECK(row["timer_retransmits"] == "0");
  }
}

TEST_CASE("data that is not acknowledged is sent again, and counted") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  make_deaf(connection.server);
  send_text(connection.client, "lost");
  for (const Source source : BothSources) {
    const bool counted =
        eventually([&] { return find_row(connection.client, source).number("timer_retransmits") > 0; });
    CHECK(counted);
    CHECK(find_row(connection.client, source)["timer"] == "on");
  }
  const SocketRow row = find_row(connection.client, Source::Netlink);
  CHECK(row.number("tcp_total_retrans") >= 1);
  CHECK(row["tcp_ca_state"] == "loss");
}

TEST_CASE("a sender whose peer has closed its window has a persist timer") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  fill_peer_window(connection.client);
  for (const Source source : BothSources) {
    const bool persists =
        eventually([&] { return find_row(connection.client, source)["timer"] == "persist"; });
    CHECK(persists);
    CHECK(find_row(connection.client, source).number("send_queue") > 0);
  }
}

}  // namespace
}  // namespace sockutils::test::timers_test
