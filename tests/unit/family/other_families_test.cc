#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include "family/family.h"
#include "family/netlink.h"
#include "family/packet.h"
#include "family/unix.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::other_families_test {
namespace {

constexpr SocketKind Unix{Family::Unix, {}};
constexpr SocketKind Packet{Family::Packet, {}};
constexpr SocketKind Netlink{Family::Netlink, {}};

std::string unix_message(std::uint8_t type, std::uint8_t state) {
  unix_diag_msg message{};
  message.udiag_family = AF_UNIX;
  message.udiag_type = type;
  message.udiag_state = state;
  message.udiag_ino = 123;
  message.udiag_cookie[0] = 9;
  return bytes_of(message);
}

Socket unix_socket(const std::string& bytes, Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(unix_domain::decode(as_bytes(bytes), Unix, socket) == expected);
  return socket;
}

Socket unix_record(std::string_view record, Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(unix_domain::parse_record(record, Unix, socket) == expected);
  return socket;
}

}  // namespace

TEST_CASE("a unix listener has a path, queues, a user and connections that wait") {
  const std::uint32_t uid = 33;
  const unix_diag_rqlen queues{2, 128};
  const std::uint32_t waiting[2] = {7, 8};
  const Socket socket = unix_socket(
      unix_message(SOCK_STREAM, 10) + attribute(UNIX_DIAG_NAME, std::string_view("/run/a b.sock\0", 14)) +
      attribute(UNIX_DIAG_RQLEN, bytes_of(queues)) + attribute(UNIX_DIAG_UID, bytes_of(uid)) +
      attribute(UNIX_DIAG_ICONS, bytes_of(waiting)));
  CHECK(socket.state == State::Listen);
  CHECK(text_of(socket, "path") == "/run/a b.sock");
  CHECK(text_of(socket, "local") == "/run/a b.sock");
  CHECK(text_of(socket, "abstract") == "false");
  CHECK(socket.recv_queue == 2u);
  CHECK(socket.send_queue == 128u);
  CHECK(socket.uid == 33u);
  CHECK(text_of(socket, "pending") == "2");
  CHECK(text_of(socket, "peer") == "*");
}

TEST_CASE("an abstract name keeps every byte it has") {
  const Socket socket = unix_socket(unix_message(SOCK_DGRAM, 7) +
                                    attribute(UNIX_DIAG_NAME, std::string_view("\0a\0b\x1b[0m", 8)));
  CHECK(text_of(socket, "path") == std::string("@a\0b\x1b[0m", 8));
  CHECK(text_of(socket, "abstract") == "true");
  CHECK(socket.state == State::Unconnected);
}

TEST_CASE("NULs that fill an abstract name up are left out") {
  const Socket socket =
      unix_socket(unix_message(SOCK_DGRAM, 7) +
                  attribute(UNIX_DIAG_NAME, std::string("\0a\0b", 4) + std::string(104, '\0')));
  CHECK(text_of(socket, "path") == std::string("@a\0b", 4));
  CHECK(text_of(unix_socket(unix_message(SOCK_DGRAM, 7) + attribute(UNIX_DIAG_NAME, std::string(8, '\0'))),
                "path") == "@");
}

TEST_CASE("a socket without a name is shown by its inode, and so is its peer") {
  const std::uint32_t peer = 124;
  const Socket socket =
      unix_socket(unix_message(SOCK_SEQPACKET, 1) + attribute(UNIX_DIAG_PEER, bytes_of(peer)));
  CHECK(socket.protocol == Protocol::Seqpacket);
  CHECK(text_of(socket, "path") == "-");
  CHECK(text_of(socket, "local") == "inode:123");
  CHECK(text_of(socket, "peer") == "inode:124");
  CHECK(text_of(socket, "peer_inode") == "124");
}

TEST_CASE("a unix message cut at any byte is malformed or partial") {
  const std::uint32_t uid = 33;
  const std::string whole = unix_message(SOCK_STREAM, 10) + attribute(UNIX_DIAG_NAME, "/run/x") +
                            attribute(UNIX_DIAG_UID, bytes_of(uid));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    Socket socket;
    const Decode result = unix_domain::decode(as_bytes({cut.data(), cut.size()}), Unix, socket);
    CHECK((result == Decode::Malformed) == (length < sizeof(unix_diag_msg)));
  }
  Socket socket;
  CHECK(unix_domain::decode(as_bytes(unix_message(77, 1)), Unix, socket) == Decode::Malformed);
}

TEST_CASE("a record of /proc/net/unix has type, state and path") {
  const Socket listener =
      unix_record("000000008c0c20da: 00000002 00000000 00010000 0001 01 20010 /run/dbus/bus");
  CHECK(listener.protocol == Protocol::Stream);
  CHECK(listener.state == State::Listen);
  CHECK(listener.inode == 20010u);
  CHECK(text_of(listener, "path") == "/run/dbus/bus");
  const Socket pair = unix_record("00000000bcc138ce: 00000003 00000000 00000000 0001 03  1078");
  CHECK(pair.state == State::Established);
  CHECK(text_of(pair, "local") == "inode:1078");
  const Socket abstract =
      unix_record("00000000bcc138ce: 00000003 00000000 00000000 0002 01  1079 @name with blanks");
  CHECK(abstract.protocol == Protocol::Dgram);
  CHECK(abstract.state == State::Unconnected);
  CHECK(text_of(abstract, "path") == "@name with blanks");
  CHECK(text_of(abstract, "abstract") == "true");
}

TEST_CASE("a unix path keeps its blanks and newlines") {
  CHECK(text_of(unix_record("00000000bcc138ce: 00000002 00000000 00010000 0005 01 9 /tmp/a  b\nc: d e"),
                "path") == "/tmp/a  b\nc: d e");
  CHECK(unix_domain::begins_record("00000000bcc138ce: 00000002 00000000 00010000 0001 01 9 /tmp/x"));
  CHECK_FALSE(unix_domain::begins_record("c: d e"));
  CHECK_FALSE(unix_domain::begins_record(""));
}

TEST_CASE("a cut or strange record of /proc/net/unix is malformed") {
  const std::string_view whole = "00000000bcc138ce: 00000003 00000000 00000000 0001 03  1078";
  for (std::size_t length = 0; length < whole.find("1078"); ++length)
    unix_record(whole.substr(0, length), Decode::Malformed);
  unix_record("00000000bcc138ce: 00000003 00000000 00000000 0009 03  1078", Decode::Malformed);
  unix_record("00000000bcc138ce: 00000003 00000000 0000zz00 0001 03  1078", Decode::Malformed);
  unix_record(std::string(100'000, '7'), Decode::Malformed);
  const Socket odd = unix_record(std::string(whole) + "\nwhat is this", Decode::Partial);
  CHECK(text_of(odd, "path") == "-");
}

TEST_CASE("a packet socket has its protocol, interface and user") {
  packet_diag_msg message{};
  message.pdiag_family = AF_PACKET;
  message.pdiag_type = SOCK_RAW;
  message.pdiag_num = 0x0806;
  message.pdiag_ino = 55;
  packet_diag_info info{};
  info.pdi_index = 2;
  const std::uint32_t uid = 0;
  Socket socket;
  CHECK(packet::decode(as_bytes(bytes_of(message) + attribute(PACKET_DIAG_INFO, bytes_of(info)) +
                                attribute(PACKET_DIAG_UID, bytes_of(uid))),
                       Packet, socket) == Decode::Complete);
  CHECK(text_of(socket, "packet_protocol") == "arp");
  CHECK(text_of(socket, "local") == "arp:2");
  CHECK(socket.uid == 0u);
  CHECK(socket.inode == 55u);

  Socket from_proc;
  CHECK(packet::parse_line("0000000020c4f53d 3      3    0806   2     1 128    0      55", Packet,
                           from_proc) == Decode::Complete);
  CHECK(text_of(from_proc, "local") == "arp:2");
  CHECK(from_proc.recv_queue == 128u);
  CHECK(packet::parse_line("0000000020c4f53d 3 3 0806 2 1 128 0", Packet, from_proc) == Decode::Malformed);
}

TEST_CASE("a netlink socket has its protocol and port id, and the kernel's own says so") {
  netlink_diag_msg message{};
  message.ndiag_family = AF_NETLINK;
  message.ndiag_protocol = 0;
  message.ndiag_portid = 712;
  message.ndiag_ino = 66;
  Socket socket;
  CHECK(netlink::decode(as_bytes(bytes_of(message)), Netlink, socket) == Decode::Complete);
  CHECK(text_of(socket, "protocol") == "route");
  CHECK(text_of(socket, "local") == "712");
  message.ndiag_protocol = 200;
  CHECK(netlink::decode(as_bytes(bytes_of(message)), Netlink, socket) == Decode::Malformed);

  Socket kernel;
  CHECK(netlink::parse_line(
            "000000008c0c20da 15   0          00000000 0        0        0     2        3        4  ",
            Netlink, kernel) == Decode::Complete);
  CHECK(text_of(kernel, "protocol") == "kobject_uevent");
  CHECK(text_of(kernel, "local") == "kernel");
  CHECK(text_of(kernel, "kernel_owned") == "true");
  CHECK(text_of(socket, "kernel_owned") == "-");
  CHECK(text_of(kernel, "drops") == "3");
  CHECK(netlink::parse_line("000000008c0c20da 15 0 00000000 0 0 0 2 3", Netlink, kernel) ==
        Decode::Malformed);
}

TEST_CASE("every kind has a title, a file and states, and no two are the same") {
  const auto handlers = family_handlers();
  REQUIRE_FALSE(handlers.empty());
  for (std::size_t i = 0; i < handlers.size(); ++i) {
    CHECK_FALSE(handlers[i].title.empty());
    // Without a file something else tells whether there are such sockets.
    CHECK(handlers[i].proc_file.empty() == !handlers[i].evidence.protocol.empty());
    CHECK((handlers[i].parse_line == nullptr) == handlers[i].proc_file.empty());
    CHECK_FALSE(handlers[i].states.empty());
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(handlers[i].kind == handlers[j].kind);
  }
}

}  // namespace sockutils::test::other_families_test
