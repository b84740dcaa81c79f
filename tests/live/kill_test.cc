#include "sockutils/kill.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <future>

#include "sockutils/list.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::kill_test {
namespace {

using namespace std::chrono_literals;

/// What a listing says of the identity of this socket.
SocketIdentity identity_of_socket(const UniqueFd& fd) {
  Query query;
  const auto fields = identity_fields();
  query.fields.assign(fields.begin(), fields.end());
  std::optional<SocketIdentity> found;
  REQUIRE(list_sockets(query, [&](Values values) {
    const auto identity = identity_of(values);
    if (identity && identity->cookie == cookie_of(fd)) found = identity;
    return true;
  }));
  REQUIRE(found);
  return *found;
}

/// The error that waits on a socket.
int pending_error(const UniqueFd& fd) { return option<int>(fd, SOL_SOCKET, SO_ERROR); }

/// Whether bytes still go from one end to the other.
bool is_alive(const TcpConnection& connection) {
  send_text(connection.client, "x");
  return eventually([&] { return unread_bytes(connection.server) > 0; }, 2s);
}

TEST_CASE("a kill closes exactly one connection of several alike") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const UniqueFd listener = make_tcp_listener(family, 8);
    std::vector<TcpConnection> connections;
    for (int i = 0; i < 3; ++i) {
      TcpConnection connection{UniqueFd(), make_socket(family, SOCK_STREAM), UniqueFd()};
      connect_to(connection.client, SocketAddress::local_of(listener.get()));
      connection.server = accept_from(listener);
      connections.push_back(std::move(connection));
    }
    const auto closed = close_socket(identity_of_socket(connections[1].client));
    INFO((closed ? "" : closed.error().message()));
    REQUIRE(closed);
    CHECK(pending_error(connections[1].client) == ECONNABORTED);
    CHECK(eventually([&] { return pending_error(connections[1].server) == ECONNRESET; }));
    CHECK(is_alive(connections[0]));
    CHECK(is_alive(connections[2]));
  }
}

TEST_CASE("a socket that took the place of another is not closed for it") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  SocketIdentity stale = identity_of_socket(connection.client);
  stale.cookie += 1'000'000;
  const auto closed = close_socket(stale);
  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == ENOENT);
  CHECK(is_alive(connection));
}

TEST_CASE("a socket that is gone is ENOENT") {
  REQUIRE_PRIVATE_NETWORK();
  TcpConnection connection = make_tcp_connection();
  const SocketIdentity identity = identity_of_socket(connection.client);
  REQUIRE(close_socket(identity));
  CHECK(close_socket(identity).error().code == ENOENT);
}

TEST_CASE("a listener that is closed listens no more") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 4);
  const SocketAddress address = SocketAddress::local_of(listener.get());
  REQUIRE(close_socket(identity_of_socket(listener)));
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  CHECK(connect(client.get(), address.get(), address.size()) != 0);
}

TEST_CASE("the process of a UDP socket that is closed reads ECONNABORTED") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd server = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(server, loopback(AF_INET));
  const UniqueFd client = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(client, SocketAddress::local_of(server.get()));
  REQUIRE(close_socket(identity_of_socket(client)));
  CHECK(pending_error(client) == ECONNABORTED);
  CHECK(pending_error(server) == 0);
}

TEST_CASE("without privilege closing is refused, and the connection lives") {
  REQUIRE_PRIVATE_NETWORK();
  if (geteuid() != 0) SKIP_OUT_LOUD("needs root, to become somebody else");
  const TcpConnection connection = make_tcp_connection();
  const SocketIdentity identity = identity_of_socket(connection.client);
  std::optional<Result<void>> closed;
  std::async(std::launch::async, [&] {
    // Of this thread alone, which the wrapper of the C library is not.
    checked(static_cast<int>(syscall(SYS_setresuid, 65534, 65534, 65534)), "setresuid");
    closed = close_socket(identity);
  }).get();
  REQUIRE_FALSE(*closed);
  CHECK(closed->error().code == EPERM);
  CHECK(is_alive(connection));
}

TEST_CASE("a socket of another namespace is not looked for in this one") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const SocketIdentity identity = identity_of_socket(connection.client);
  if (!identity.netns) SKIP_OUT_LOUD("no /proc that tells of namespaces");
  int error = 0;
  std::async(std::launch::async, [&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    const auto closed = close_socket(identity);
    error = closed ? 0 : closed.error().code;
  }).get();
  CHECK(error == EXDEV);
  CHECK(is_alive(connection));
}

}  // namespace
}  // namespace sockutils::test::kill_test
