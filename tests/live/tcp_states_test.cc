#include <netinet/in.h>
#include <unistd.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::tcp_states_test {
namespace {

std::string local_port(const UniqueFd& fd) {
  return std::to_string(SocketAddress::local_of(fd.get()).port());
}

/// The rows of one connection's end, which may be in no process any more.
std::vector<SocketRow> rows_of_port(Source source, const std::string& port) {
  return Listing::take(source, kinds_of(Protocol::Tcp)).where("local_port", port);
}

/// Waits until the end of a connection with this local and this peer port is in `state`.
SocketRow wait_for_state(Source source, const std::string& port, const std::string& peer_port,
                         const std::string& state) {
  std::optional<SocketRow> found;
  const bool seen = eventually([&] {
    for (const SocketRow& row : rows_of_port(source, port))
      if (row["peer_port"] == peer_port) found = row;
    return found && (*found)["state"] == state;
  });
  INFO("from " << name(source) << ", local port " << port << ": "
               << (found ? found->to_string() : "not listed"));
  REQUIRE(seen);
  return *found;
}

void check_unowned(const SocketRow& row) {
  INFO(row.to_string());
  CHECK(row["inode"] == Absent);
  for (const char* field : {"processes", "pid", "tid", "fd", "process", "command_line", "process_user"})
    CHECK(row[field] == Absent);
}

/// The kernel keeps neither owner nor user of these, which is not to say that they are root's.
void check_nobodys(const SocketRow& row) {
  check_unowned(row);
  CHECK(row["uid"] == Absent);
  CHECK(row["user"] == Absent);
}

void check_addresses(const SocketRow& row, int family) {
  const std::string host = loopback(family).host();
  CHECK(row["family"] == (family == AF_INET6 ? "inet6" : "inet"));
  CHECK(row["protocol"] == "tcp");
  CHECK(row["local_address"] == host);
  CHECK(row["peer_address"] == host);
}

TEST_CASE("a connection that is not answered is in SYN_SENT, with a timer") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_tcp_listener(family, 1);
    make_deaf(listener);
    const UniqueFd client = make_socket(family, SOCK_STREAM);
    begin_connecting(client, SocketAddress::local_of(listener.get()));
    // getpeername(2) knows no peer yet, so not every core field can be compared.
    for (const Source source : BothSources) {
      const SocketRow row = find_row(client, source);
      check_addresses(row, family);
      CHECK(row["state"] == "syn-sent");
      CHECK(row["local_port"] == local_port(client));
      CHECK(row["peer_port"] == local_port(listener));
      CHECK(row["pid"] == std::to_string(getpid()));
      CHECK(row["uid"] == std::to_string(geteuid()));
      CHECK(row["timer"] == "on");
      CHECK(row.number("timer_expires") <= 3'000'000);
    }
  }
}

TEST_CASE("a connection that is half open is in SYN_RECV, and nobody's") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_tcp_listener(family, 1);
    const UniqueFd client = make_socket(family, SOCK_STREAM);
    make_deaf(client);
    begin_connecting(client, SocketAddress::local_of(listener.get()));
    for (const Source source : BothSources) {
      const SocketRow row = wait_for_state(source, local_port(listener), local_port(client), "syn-recv");
      check_addresses(row, family);
      check_nobodys(row);
    }
  }
}

TEST_CASE("FIN_WAIT_2 and CLOSE_WAIT are the two ends of a connection that one side has closed") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const TcpConnection connection = make_tcp_connection(family);
    shut_down_sending(connection.client);
    for (const Source source : BothSources) {
      check_core_facts(connection.client, "fin-wait-2", source);
      const SocketRow server = check_core_facts(connection.server, "close-wait", source);
      // The FIN counts as a byte until it is read (tcp_ipv4.c).
      CHECK(server.number("recv_queue") <= 1);
    }
  }
}

TEST_CASE("a FIN that is not acknowledged leaves its sender in FIN_WAIT_1") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const TcpConnection connection = make_tcp_connection(family);
    make_deaf(connection.server);
    shut_down_sending(connection.client);
    for (const Source source : BothSources) {
      check_core_facts(connection.client, "fin-wait-1", source, {{"send_queue", "1"}, {"timer", "on"}});
    }
  }
}

TEST_CASE("a last FIN that is not acknowledged leaves its sender in LAST_ACK") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const TcpConnection connection = make_tcp_connection(family);
    shut_down_sending(connection.client);
    check_core_facts(connection.client, "fin-wait-2", Source::Netlink);
    make_deaf(connection.client);
    shut_down_sending(connection.server);
    for (const Source source : BothSources)
      check_core_facts(connection.server, "last-ack", source, {{"timer", "on"}});
  }
}

TEST_CASE("two FINs that cross leave the side that sees the other's in CLOSING") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  make_deaf(connection.client);
  make_deaf(connection.server);
  shut_down_sending(connection.client);
  shut_down_sending(connection.server);
  // The server stays deaf and repeats its FIN, which the client now hears; the client's own is still lost.
  make_hear(connection.client);
  wait_for_state(Source::Netlink, local_port(connection.client), local_port(connection.server), "closing");
  for (const Source source : BothSources) check_core_facts(connection.client, "closing", source);
}

TEST_CASE("a TIME_WAIT socket has no owner, no user and no inode") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    TcpConnection connection = make_tcp_connection(family);
    const std::string client_port = local_port(connection.client);
    const std::string server_port = local_port(connection.server);
    shut_down_sending(connection.client);
    check_core_facts(connection.server, "close-wait", Source::Netlink);
    connection.server = UniqueFd();
    connection.client = UniqueFd();
    for (const Source source : BothSources) {
      const SocketRow row = wait_for_state(source, client_port, server_port, "time-wait");
      check_addresses(row, family);
      check_nobodys(row);
      CHECK(row["timer"] == "timewait");
      CHECK(row.number("timer_expires") > 50'000'000);
      CHECK(row.number("timer_expires") <= 60'000'000);
      CHECK(row.has("cookie") == (source == Source::Netlink));
    }
  }
}

TEST_CASE("a connection that its process has closed and its peer has not is an orphan in FIN_WAIT_2") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  const std::string client_port = local_port(connection.client);
  connection.client = UniqueFd();
  for (const Source source : BothSources) {
    const SocketRow row = wait_for_state(source, client_port, local_port(connection.server), "fin-wait-2");
    check_addresses(row, AF_INET);
    check_unowned(row);
  }
}

TEST_CASE("a closed connection with unacknowledged data is an orphan that keeps its queue") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  const std::string client_port = local_port(connection.client);
  make_deaf(connection.server);
  send_text(connection.client, "lost");
  connection.client = UniqueFd();
  for (const Source source : BothSources) {
    const SocketRow row = wait_for_state(source, client_port, local_port(connection.server), "fin-wait-1");
    check_addresses(row, AF_INET);
    check_unowned(row);
    CHECK(row["send_queue"] == "5");
    // An orphan's user is known only when it is not 0, which stands for "unknown" in the kernel's answer.
    if (row.has("uid")) CHECK(row["uid"] == std::to_string(geteuid()));
    if (geteuid() == 0) CHECK(row["uid"] == Absent);
  }
}

}  // namespace
}  // namespace sockutils::test::tcp_states_test
