#include "pipeline/socket_index.h"

#include "support/catch.h"

namespace sockutils::test::socket_index_test {
namespace {

using Inodes = std::vector<std::uint64_t>;

constexpr std::uint64_t Here = 1;
constexpr std::uint64_t There = 2;
constexpr std::uint64_t Beyond = 3;

struct End {
  const char* address;
  std::uint16_t port;
};

Socket connection(std::uint64_t netns, std::uint64_t inode, End local, End peer,
                  Protocol protocol = Protocol::Tcp) {
  Socket socket;
  socket.protocol = protocol;
  socket.state = State::Established;
  socket.netns = netns;
  if (inode != 0) socket.inode = inode;
  socket.local_address = Address::parse(local.address);
  socket.local_port = local.port;
  socket.peer_address = Address::parse(peer.address);
  socket.peer_port = peer.port;
  return socket;
}

Socket receiver(std::uint64_t netns, std::uint64_t inode, End local, Protocol protocol) {
  Socket socket;
  socket.protocol = protocol;
  socket.state = protocol == Protocol::Tcp ? State::Listen : State::Unconnected;
  socket.netns = netns;
  socket.inode = inode;
  socket.local_address = Address::parse(local.address);
  socket.local_port = local.port;
  return socket;
}

}  // namespace

TEST_CASE("the other end of a connection has the same addresses, swapped") {
  SocketIndex index;
  const Socket client = connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 80});
  index.add(client);
  index.add(connection(Here, 11, {"127.0.0.1", 80}, {"127.0.0.1", 40000}));
  index.add(connection(Here, 12, {"127.0.0.1", 80}, {"127.0.0.1", 40001}));
  index.add(connection(Here, 13, {"127.0.0.1", 80}, {"127.0.0.1", 40000}, Protocol::Udp));
  CHECK(index.other_end(client) == Inodes{11});
}

TEST_CASE("a server on both families sees an IPv4 client with a mapped address") {
  SocketIndex index;
  const Socket client = connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 80});
  index.add(connection(Here, 11, {"::ffff:127.0.0.1", 80}, {"::ffff:127.0.0.1", 40000}));
  CHECK(index.other_end(client) == Inodes{11});
}

TEST_CASE("the other end can be in another namespace, but not that of a loopback address") {
  SocketIndex index;
  index.add(connection(There, 21, {"10.0.0.2", 80}, {"10.0.0.1", 40000}));
  index.add(connection(There, 22, {"127.0.0.1", 80}, {"127.0.0.1", 40000}));
  CHECK(index.other_end(connection(Here, 10, {"10.0.0.1", 40000}, {"10.0.0.2", 80})) == Inodes{21});
  CHECK(index.other_end(connection(Here, 11, {"127.0.0.1", 40000}, {"127.0.0.1", 80})).empty());
}

TEST_CASE("of two namespaces with the same addresses neither is believed, but one's own is") {
  SocketIndex index;
  index.add(connection(There, 21, {"10.0.0.2", 80}, {"10.0.0.1", 40000}));
  index.add(connection(Beyond, 31, {"10.0.0.2", 80}, {"10.0.0.1", 40000}));
  const Socket client = connection(Here, 10, {"10.0.0.1", 40000}, {"10.0.0.2", 80});
  CHECK(index.other_end(client).empty());
  index.add(connection(Here, 11, {"10.0.0.2", 80}, {"10.0.0.1", 40000}));
  CHECK(index.other_end(client) == Inodes{11});
}

TEST_CASE("the end that waits to be accepted is that of the listener") {
  SocketIndex index;
  index.add(connection(Here, 0, {"127.0.0.1", 80}, {"127.0.0.1", 40000}));
  index.add(receiver(Here, 12, {"0.0.0.0", 80}, Protocol::Tcp));
  index.add(receiver(There, 22, {"0.0.0.0", 80}, Protocol::Tcp));
  CHECK(index.other_end(connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 80})) == Inodes{12});
}

TEST_CASE("what is left of a closed connection is nobody's") {
  SocketIndex index;
  Socket rest = connection(Here, 0, {"127.0.0.1", 80}, {"127.0.0.1", 40000});
  rest.state = State::FinWait2;
  index.add(rest);
  index.add(receiver(Here, 12, {"0.0.0.0", 80}, Protocol::Tcp));
  CHECK(index.other_end(connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 80})).empty());
}

TEST_CASE("a server of UDP without a peer is the other end of its clients") {
  SocketIndex index;
  const Socket client = connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 53}, Protocol::Udp);
  CHECK(index.other_end(client).empty());
  index.add(receiver(Here, 11, {"0.0.0.0", 53}, Protocol::Udp));
  CHECK(index.other_end(client) == Inodes{11});
  index.add(receiver(Here, 12, {"127.0.0.1", 53}, Protocol::Udp));
  CHECK(index.other_end(client) == Inodes{12});
  index.add(receiver(Here, 13, {"127.0.0.1", 53}, Protocol::Udp));
  CHECK(index.other_end(client) == Inodes{12, 13});
}

TEST_CASE("a socket that a dump shows twice is one end, not two") {
  SocketIndex index;
  for (int i = 0; i < 2; ++i) {
    index.add(receiver(Here, 11, {"127.0.0.1", 53}, Protocol::Udp));
    index.add(receiver(Here, 12, {"0.0.0.0", 80}, Protocol::Tcp));
    index.add(connection(Here, 0, {"127.0.0.1", 80}, {"127.0.0.1", 40000}));
  }
  const End client{"127.0.0.1", 40000};
  CHECK(index.other_end(connection(Here, 10, client, {"127.0.0.1", 53}, Protocol::Udp)) == Inodes{11});
  CHECK(index.other_end(connection(Here, 10, client, {"127.0.0.1", 80})) == Inodes{12});
}

TEST_CASE("a server of UDP elsewhere is found by the address of its namespace") {
  SocketIndex index;
  const Socket client = connection(Here, 10, {"10.0.0.1", 40000}, {"10.0.0.2", 53}, Protocol::Udp);
  index.add(receiver(There, 21, {"::", 53}, Protocol::Udp));
  CHECK(index.other_end(client).empty());
  index.add_addresses(There, {*Address::parse("10.0.0.2")});
  CHECK(index.other_end(client) == Inodes{21});
  index.add_addresses(Beyond, {*Address::parse("10.0.0.2")});
  CHECK(index.other_end(client).empty());
}

TEST_CASE("a socket on :: that is closed to IPv4 takes none") {
  SocketIndex index;
  Socket only_v6 = receiver(Here, 11, {"::", 53}, Protocol::Udp);
  only_v6.v6_only = true;
  index.add(only_v6);
  CHECK(index.other_end(connection(Here, 10, {"127.0.0.1", 1}, {"127.0.0.1", 53}, Protocol::Udp)).empty());
  CHECK(index.other_end(connection(Here, 10, {"::1", 1}, {"::1", 53}, Protocol::Udp)) == Inodes{11});
}

TEST_CASE("a socket without a peer, or without a namespace, has no other end") {
  SocketIndex index;
  index.add(connection(Here, 11, {"127.0.0.1", 80}, {"127.0.0.1", 40000}));
  CHECK(index.other_end(receiver(Here, 10, {"0.0.0.0", 80}, Protocol::Tcp)).empty());
  CHECK(index.other_end(Socket{}).empty());
  Socket nowhere = connection(Here, 10, {"127.0.0.1", 40000}, {"127.0.0.1", 80});
  nowhere.netns.reset();
  CHECK(index.other_end(nowhere).empty());
}

}  // namespace sockutils::test::socket_index_test
