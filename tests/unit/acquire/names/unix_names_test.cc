#include "acquire/names/unix_names.h"

#include <linux/unix_diag.h>
#include <sys/socket.h>

#include "family/unix.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::unix_names_test {
namespace {

Socket unix_socket(std::uint32_t inode, std::string_view name, std::uint32_t peer) {
  unix_diag_msg message{};
  message.udiag_family = AF_UNIX;
  message.udiag_type = SOCK_STREAM;
  message.udiag_state = 1;
  message.udiag_ino = inode;
  std::string bytes = bytes_of(message);
  if (!name.empty()) bytes += attribute(UNIX_DIAG_NAME, name);
  if (peer != 0) bytes += attribute(UNIX_DIAG_PEER, bytes_of(peer));
  Socket socket;
  CHECK(unix_domain::decode(as_bytes(bytes), {Family::Unix, {}}, socket) == Decode::Complete);
  return socket;
}

}  // namespace

TEST_CASE("the other end of a unix connection is shown by its name") {
  UnixNames names;
  names.learn(unix_socket(10, "/run/bus", 11));
  names.learn(unix_socket(11, "", 10));
  names.learn(unix_socket(12, std::string_view("\0abstract", 9), 13));
  Socket client = unix_socket(11, "", 10);
  CHECK(text_of(client, "peer") == "inode:10");
  names.complete(client);
  CHECK(text_of(client, "peer") == "/run/bus");
  CHECK(text_of(client, "peer_path") == "/run/bus");
  CHECK(text_of(client, "peer_inode") == "10");
  Socket other = unix_socket(13, "", 12);
  names.complete(other);
  CHECK(text_of(other, "peer_path") == "@abstract");
}

TEST_CASE("an end without a name, or unknown, stays a number") {
  UnixNames names;
  names.learn(unix_socket(10, "/run/bus", 11));
  names.learn(unix_socket(11, "", 10));
  for (const std::uint32_t peer : {11u, 99u}) {
    Socket socket = unix_socket(20, "", peer);
    names.complete(socket);
    CHECK(text_of(socket, "peer_path") == "-");
    CHECK(text_of(socket, "peer") == "inode:" + std::to_string(peer));
  }
  Socket listener = unix_socket(10, "/run/bus", 0);
  names.complete(listener);
  CHECK(text_of(listener, "peer") == "*");
}

TEST_CASE("an internet socket whose number a unix socket has too gets no name") {
  UnixNames names;
  names.learn(unix_socket(10, "/run/bus", 11));
  Socket socket;
  socket.inode = 11;
  names.complete(socket);
  names.learn(socket);
  CHECK(text_of(socket, "peer_path") == "-");
}

}  // namespace sockutils::test::unix_names_test
