#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::unix_test {
namespace {

struct UnixType {
  int type;
  /// Of a socket that is bound and nothing more.
  const char* state;
};

constexpr UnixType UnixTypes[] = {
    {SOCK_STREAM, "closed"}, {SOCK_DGRAM, "unconnected"}, {SOCK_SEQPACKET, "closed"}};

UniqueFd make_unix_listener(const std::string& name, int backlog) {
  UniqueFd listener = make_socket(AF_UNIX, SOCK_STREAM);
  bind_to(listener, SocketAddress::unix_name(name));
  listen_on(listener, backlog);
  return listener;
}

TEST_CASE("unix sockets of every type are listed by path") {
  REQUIRE_PRIVATE_NETWORK();
  for (const auto& [type, state] : UnixTypes) {
    const TemporaryFolder folder;
    const UniqueFd fd = make_socket(AF_UNIX, type);
    bind_to(fd, SocketAddress::unix_name(folder.path() + "/socket"));
    for (const Source source : BothSources)
      CHECK(check_core_facts(fd, state, source)["path"] == folder.path() + "/socket");
  }
}

TEST_CASE("unix sockets without a name are listed, and those of a pair know each other") {
  REQUIRE_PRIVATE_NETWORK();
  for (const auto& [type, state] : UnixTypes) {
    const UniqueFd alone = make_socket(AF_UNIX, type);
    const auto [end, other] = make_socketpair(type);
    for (const Source source : BothSources) {
      check_core_facts(alone, state, source);
      const SocketRow row = check_core_facts(end, "established", source);
      CHECK(row["path"] == Absent);
      CHECK(row["peer_inode"] ==
            (source == Source::Netlink ? std::to_string(inode_of(other)) : std::string(Absent)));
    }
  }
}

TEST_CASE("a unix listener is listed with the connections that wait and their limit") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/listener";
  const UniqueFd listener = make_unix_listener(path, 6);
  const UniqueFd first = make_socket(AF_UNIX, SOCK_STREAM);
  const UniqueFd second = make_socket(AF_UNIX, SOCK_STREAM);
  for (const UniqueFd* client : {&first, &second}) connect_to(*client, SocketAddress::unix_name(path));
  const SocketRow row = check_core_facts(listener, "listen", Source::Netlink);
  CHECK(row["recv_queue"] == "2");
  CHECK(row["send_queue"] == "6");
  CHECK(row["pending"] == "2");
  const SocketRow from_proc = check_core_facts(listener, "listen", Source::Proc);
  for (const char* field : {"recv_queue", "send_queue", "pending"}) CHECK(from_proc[field] == Absent);
}

TEST_CASE("a unix socket is listed with the file that it is bound to") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/listener";
  const UniqueFd listener = make_unix_listener(path, 1);
  struct stat status {};
  checked(stat(path.c_str(), &status), "stat");
  const SocketRow row = check_core_facts(listener, "listen", Source::Netlink);
  CHECK(row["vfs_inode"] == std::to_string(status.st_ino));
  // The kernel's own numbering has 20 bits of minor number (linux/kdev_t.h).
  CHECK(row["vfs_device"] == std::to_string((major(status.st_dev) << 20) | minor(status.st_dev)));
}

TEST_CASE("an accepted unix connection has the listener's path and both ends their queues") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/listener";
  const UniqueFd listener = make_unix_listener(path, 1);
  const UniqueFd client = make_socket(AF_UNIX, SOCK_STREAM);
  connect_to(client, SocketAddress::unix_name(path));
  const UniqueFd server = accept_from(listener);
  send_text(client, "unread");
  const SocketRow row = check_core_facts(server, "established", Source::Netlink);
  CHECK(row["path"] == path);
  CHECK(row["recv_queue"] == std::to_string(unread_bytes(server)));
  CHECK(row["recv_queue"] == "6");
  CHECK(check_core_facts(client, "established", Source::Netlink)["send_queue"] ==
        std::to_string(unacknowledged_bytes(client)));
  check_core_facts(server, "established", Source::Proc);
}

TEST_CASE("a connected unix datagram socket knows its receiver, and the receiver no peer") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd receiver = make_socket(AF_UNIX, SOCK_DGRAM);
  bind_to(receiver, SocketAddress::unix_name(std::string("\0receiver", 9)));
  const UniqueFd sender = make_socket(AF_UNIX, SOCK_DGRAM);
  connect_to(sender, SocketAddress::unix_name(std::string("\0receiver", 9)));
  send_text(sender, "datagram");
  // From 5.15 the kernel calls the receiver established too (unix_dgram_connect).
  const std::string state = find_row(receiver, Source::Netlink)["state"];
  CHECK((state == "established" || state == "unconnected"));
  for (const Source source : BothSources) {
    const SocketRow from = check_core_facts(sender, "established", source);
    const SocketRow to = check_core_facts(receiver, state, source);
    CHECK(to["peer_inode"] == Absent);
    if (source == Source::Proc) continue;
    CHECK(from["peer_inode"] == to["inode"]);
    CHECK(to["recv_queue"] == std::to_string(unread_bytes(receiver)));
  }
}

}  // namespace
}  // namespace sockutils::test::unix_test
