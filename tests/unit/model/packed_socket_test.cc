#include "model/packed_socket.h"

#include "support/catch.h"

namespace sockutils::test::packed_socket_test {
namespace {

inline constexpr AttributeKey SomeNumber{"some_number"};
inline constexpr AttributeKey SomeBytes{"some_bytes"};

Socket unpacked(const Socket& socket) {
  PackedSocket packed;
  CHECK(packed.empty());
  packed.pack(socket);
  CHECK_FALSE(packed.empty());
  Socket result;
  // Whatever was there before.
  result.part = 99;
  result.peer_port = 1;
  result.facts.set_number(SomeNumber, 1);
  packed.unpack(result);
  return result;
}

TEST_CASE("a socket comes back as it was packed") {
  Socket socket;
  socket.family = Family::Inet6;
  socket.protocol = Protocol::Udp;
  socket.state = State::Unconnected;
  socket.local_address = *Address::parse("fe80::1");
  socket.local_address->scope_id = 4;
  socket.local_port = 53;
  socket.v6_only = false;
  socket.recv_queue = 0;
  socket.inode = 4'000'000'000u;
  socket.cookie = 1ull << 63;
  socket.part = 2;
  socket.netns = 4'026'531'840u;
  socket.uid = 0;
  socket.kernel_owned = true;
  std::string bytes(240, '\0');
  bytes[0] = 1;
  bytes[100] = 'x';
  bytes[239] = 'z';
  socket.facts.set_bytes(SomeBytes, bytes);
  socket.facts.set_number(SomeNumber, 7);
  const Socket result = unpacked(socket);
  CHECK(result.family == socket.family);
  CHECK(result.protocol == socket.protocol);
  CHECK(result.state == socket.state);
  CHECK(result.local_address == socket.local_address);
  CHECK_FALSE(result.peer_address);
  CHECK(result.local_port == 53);
  CHECK_FALSE(result.peer_port);
  CHECK(result.v6_only == false);
  CHECK(result.recv_queue == 0u);
  CHECK_FALSE(result.send_queue);
  CHECK(result.inode == socket.inode);
  CHECK(result.cookie == socket.cookie);
  CHECK(result.part == 2);
  CHECK(result.netns == socket.netns);
  CHECK(result.uid == 0u);
  CHECK_FALSE(result.interface);
  CHECK(result.kernel_owned);
  CHECK_FALSE(result.unbound);
  CHECK(result.facts.bytes(SomeBytes) == bytes);
  CHECK(result.facts.number(SomeNumber) == 7u);
}

TEST_CASE("a socket of which nothing is known comes back so") {
  Socket socket;
  socket.family.reset();
  socket.protocol.reset();
  const Socket result = unpacked(socket);
  CHECK_FALSE(result.family);
  CHECK_FALSE(result.protocol);
  CHECK_FALSE(result.local_address);
  CHECK(result.part == 0);
  CHECK_FALSE(result.facts.number(SomeNumber));
}

TEST_CASE("what is packed again is what it was last") {
  PackedSocket packed;
  Socket socket;
  socket.local_port = 1;
  packed.pack(socket);
  socket.facts.set_bytes(SomeBytes, "a longer one");
  socket.facts.set_bytes(SomeBytes, "");
  packed.pack(socket);
  Socket result;
  packed.unpack(result);
  CHECK(result.facts.bytes(SomeBytes) == "");
}

}  // namespace
}  // namespace sockutils::test::packed_socket_test
