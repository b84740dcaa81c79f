#include <netinet/in.h>
#include <unistd.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::tcp_test {
namespace {

TEST_CASE("a TCP listener is listed with the backlog in use and its limit") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr int Backlog = 7;
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_tcp_listener(family, Backlog);
    const UniqueFd first = make_socket(family, SOCK_STREAM);
    const UniqueFd second = make_socket(family, SOCK_STREAM);
    for (const auto* client : {&first, &second}) connect_to(*client, SocketAddress::local_of(listener.get()));

    check_core_facts(listener, "listen", Source::Netlink,
                     {{"recv_queue", "2"}, {"send_queue", std::to_string(Backlog)}});
    check_core_facts(listener, "listen", Source::Proc,
                     {{"recv_queue", "2"}, {"send_queue", std::string(Absent)}});
  }
}

TEST_CASE("an established connection is listed at both ends with the bytes in its queues") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const TcpConnection connection = make_tcp_connection(family);
    send_text(connection.client, "unread");
    // What the deaf client never acknowledges stays in the server's queue.
    make_deaf(connection.client);
    send_text(connection.server, "unacknowledged");
    for (const Source source : BothSources) {
      check_core_facts(connection.server, "established", source, {{"recv_queue", "6"}, {"send_queue", "14"}});
      CHECK(unread_bytes(connection.server) == 6);
      CHECK(unacknowledged_bytes(connection.server) == 14);
      check_core_facts(connection.client, "established", source, {{"recv_queue", "0"}, {"send_queue", "0"}});
    }
  }
}

TEST_CASE("a connection that nobody has accepted yet has no inode and no owner") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 5);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, SocketAddress::local_of(listener.get()));
  const std::string client_port = std::to_string(SocketAddress::local_of(client.get()).port());
  const std::string server_port = std::to_string(SocketAddress::local_of(listener.get()).port());
  for (const Source source : BothSources) {
    // The last acknowledgement of the handshake may be under way.
    std::vector<SocketRow> rows;
    REQUIRE(eventually([&] {
      rows = Listing::take(source, kinds_of(Protocol::Tcp)).where("peer_port", client_port);
      // What earlier tests left closing may have had that port, too.
      std::erase_if(rows, [&](const SocketRow& row) { return row["local_port"] != server_port; });
      return rows.size() == 1 && rows.front()["state"] == "established";
    }));
    const SocketRow& row = rows.front();
    CHECK(row["inode"] == Absent);
    CHECK(row["processes"] == Absent);
    CHECK(row["pid"] == Absent);
  }
}

TEST_CASE("a socket that is neither bound nor connected is not listed, and one that is bound is") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fresh = make_socket(AF_INET, SOCK_STREAM);
  const auto rows_with = [](const UniqueFd& fd) {
    const Listing listing = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp));
    return listing.where("inode", std::to_string(inode_of(fd))).size();
  };
  CHECK(rows_with(fresh) == 0);
  bind_to(fresh, loopback(AF_INET));
  if (rows_with(fresh) == 0) SKIP_OUT_LOUD("before 6.8 the kernel does not tell of bound sockets");
  const SocketRow row =
      check_core_facts(fresh, "bound-inactive", Source::Netlink, {{"recv_queue", "0"}, {"send_queue", "0"}});
  CHECK(Listing::take(Source::Proc, kinds_of(Protocol::Tcp)).where("inode", row["inode"]).empty());
}

TEST_CASE("bound-inactive sockets can be asked for alone, and left out") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd bound = make_socket(AF_INET, SOCK_STREAM);
  bind_to(bound, loopback(AF_INET));
  const std::string inode = std::to_string(inode_of(bound));
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.states = {State::BoundInactive};
  const Listing alone = Listing::take(query);
  if (alone.rows().empty() && Listing::take(Source::Netlink, query.kinds).where("inode", inode).empty())
    SKIP_OUT_LOUD("before 6.8 the kernel does not tell of bound sockets");
  CHECK(alone.the_one("inode", inode)["state"] == "bound-inactive");
  CHECK(alone.rows().size() == 1);
  query.states = StateSet::all() - StateSet{State::BoundInactive};
  const Listing others = Listing::take(query);
  CHECK(others.where("inode", inode).empty());
  CHECK(others.where("inode", std::to_string(inode_of(listener))).size() == 1);
}

TEST_CASE("a connection that was reset and keeps its port is bound-inactive") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection;
  connection.listener = make_tcp_listener(AF_INET, 1);
  connection.client = make_socket(AF_INET, SOCK_STREAM);
  // A port that bind(2) chose by itself would be given back.
  bind_to(connection.client, loopback(AF_INET, 7070));
  connect_to(connection.client, SocketAddress::local_of(connection.listener.get()));
  connection.server = accept_from(connection.listener);
  set_option(connection.server, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  connection.server = UniqueFd();
  const std::vector<SocketRow> rows = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp))
                                          .where("inode", std::to_string(inode_of(connection.client)));
  if (rows.empty()) SKIP_OUT_LOUD("before 6.8 the kernel does not tell of bound sockets");
  CHECK(rows.front()["state"] == "bound-inactive");
  CHECK(rows.front()["pid"] == std::to_string(getpid()));
}

TEST_CASE("a socket belongs to the user that fchown gives it to") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr uid_t NewUser = 4711;
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  if (fchown(listener.get(), NewUser, static_cast<gid_t>(-1)) != 0)
    SKIP_OUT_LOUD("this user may not give a socket away");
  for (const Source source : BothSources)
    CHECK(check_core_facts(listener, "listen", source)["uid"] == std::to_string(NewUser));
}

}  // namespace
}  // namespace sockutils::test::tcp_test
