#include <sys/socket.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::unix_peers_test {
namespace {

UniqueFd make_unix_listener(const std::string& name, int backlog) {
  UniqueFd listener = make_socket(AF_UNIX, SOCK_STREAM);
  bind_to(listener, SocketAddress::unix_name(name));
  listen_on(listener, backlog);
  return listener;
}

std::string inode_text(const UniqueFd& fd) { return std::to_string(inode_of(fd)); }

TEST_CASE("a unix client is listed with the name of the server that accepted it") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  for (const std::string& name : {folder.path() + "/server", std::string("\0sockls-peer", 12)}) {
    const UniqueFd listener = make_unix_listener(name, 1);
    const UniqueFd client = make_socket(AF_UNIX, SOCK_STREAM);
    connect_to(client, SocketAddress::unix_name(name));
    const UniqueFd server = accept_from(listener);
    std::string shown = name;
    if (shown.front() == '\0') shown.front() = '@';
    const SocketRow row = find_row(client, Source::Netlink);
    CHECK(row["peer_path"] == shown);
    CHECK(row["peer"] == shown);
    CHECK(row["peer_inode"] == inode_text(server));
    const SocketRow other = find_row(server, Source::Netlink);
    CHECK(other["peer_path"] == Absent);
    CHECK(other["peer"] == "inode:" + inode_text(client));
    // Which tells of no peers.
    CHECK(find_row(client, Source::Proc)["peer_path"] == Absent);
  }
}

TEST_CASE("a filter finds unix clients by the name of their server") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string name = folder.path() + "/server";
  const UniqueFd listener = make_unix_listener(name, 1);
  const UniqueFd client = make_socket(AF_UNIX, SOCK_STREAM);
  connect_to(client, SocketAddress::unix_name(name));
  const UniqueFd server = accept_from(listener);
  for (const std::string& filter : {"dst " + name, "peer_path = " + name, std::string("dst unix:*/server")}) {
    INFO(filter);
    Query query;
    query.kinds = kinds_of({Family::Unix});
    query.filter = Filter::parse(filter, {}).value();
    std::vector<std::string> found;
    query.fields = {find_field("inode")};
    REQUIRE(list_sockets(query, [&](Values row) {
      found.push_back(std::to_string(std::get<std::uint64_t>(*row[0])));
      return true;
    }));
    CHECK(found == std::vector<std::string>{inode_text(client)});
  }
}

TEST_CASE("a unix listener is listed with the sockets whose connections wait") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_unix_listener(std::string("\0waiting", 8), 6);
  CHECK(find_row(listener, Source::Netlink)["pending_inodes"] == "");
  const UniqueFd first = make_socket(AF_UNIX, SOCK_STREAM);
  const UniqueFd second = make_socket(AF_UNIX, SOCK_STREAM);
  for (const UniqueFd* client : {&first, &second})
    connect_to(*client, SocketAddress::unix_name(std::string("\0waiting", 8)));
  const SocketRow row = find_row(listener, Source::Netlink);
  CHECK(row["pending"] == "2");
  CHECK(row["pending_inodes"] == inode_text(first) + ',' + inode_text(second));
  CHECK(find_row(first, Source::Netlink)["pending_inodes"] == Absent);
}

TEST_CASE("what a unix socket has shut down is listed, and its memory") {
  REQUIRE_PRIVATE_NETWORK();
  const auto [end, other] = make_socketpair(SOCK_STREAM);
  CHECK(find_row(end, Source::Netlink)["shutdown"] == "none");
  shut_down_sending(end);
  CHECK(find_row(end, Source::Netlink)["shutdown"] == "send");
  CHECK(find_row(other, Source::Netlink)["shutdown"] == "receive");
  send_text(other, "unread");
  const auto memory = option<std::array<std::uint32_t, 9>>(other, SOL_SOCKET, SO_MEMINFO);
  const SocketRow row = find_row(other, Source::Netlink);
  CHECK(row["mem_wmem_alloc"] == std::to_string(memory[2]));
  CHECK(row["mem_sndbuf"] == std::to_string(memory[3]));
  CHECK(memory[2] != 0);
}

}  // namespace
}  // namespace sockutils::test::unix_peers_test
