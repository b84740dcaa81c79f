#include <cstring>

#include "family/inet/inet.h"
#include "support/catch.h"
#include "support/row_values.h"

namespace sockutils::test::inet_proc_test {
namespace {

constexpr SocketKind Tcp{Family::Inet, Protocol::Tcp};
constexpr SocketKind Tcp6{Family::Inet6, Protocol::Tcp};
constexpr SocketKind Udp{Family::Inet, Protocol::Udp};

constexpr std::string_view Listener =
    "   0: 0100007F:19C8 00000000:0000 0A 00000000:00000002 00:00000000 00000000   107        0 31337 1 "
    "0000000000000000 100 0 0 10 0                     ";
constexpr std::string_view Connection =
    "12345: 0702000A:0016 0402000A:C74E 01 00000024:00000005 02:000AFC80 00000003  1000        0 4242 4 "
    "0000000000000000 20 4 31 10 -1";
constexpr std::string_view TimeWait =
    "   3: 0100007F:1F90 0100007F:D431 06 00000000:00000000 03:00001770 00000000     0        0 0 3 "
    "0000000000000000";

struct Parsed {
  Decode result;
  Socket socket;
};

Parsed parse(std::string_view line, const SocketKind& kind = Tcp) {
  Parsed parsed{};
  parsed.result = inet::parse_line(line, kind, parsed.socket);
  return parsed;
}

}  // namespace

TEST_CASE("a listener in /proc/net/tcp has its backlog in use and no limit") {
  const auto [result, socket] = parse(Listener);
  CHECK(result == Decode::Complete);
  CHECK(socket.state == State::Listen);
  CHECK(text_of(socket, "local") == "127.0.0.1:6600");
  CHECK(socket.recv_queue == 2u);
  CHECK_FALSE(socket.send_queue);
  CHECK_FALSE(socket.cookie);
  CHECK(socket.uid == 107u);
  CHECK(socket.inode == 31337u);
  CHECK(text_of(socket, "peer") == "*");
}

TEST_CASE("only /proc/net/tcp tells of quick acknowledgements, and of a listener's fast open limit") {
  const Socket connection = parse(Connection).socket;
  CHECK(text_of(connection, "tcp_quick_acks") == "15");
  CHECK(text_of(connection, "tcp_interactive") == "true");
  CHECK(text_of(connection, "tcp_fastopen_limit") == "-");
  const Socket listener = parse(Listener).socket;
  CHECK(text_of(listener, "tcp_quick_acks") == "-");
  CHECK(text_of(listener, "tcp_fastopen_limit") == "0");
  CHECK(text_of(parse(TimeWait).socket, "tcp_quick_acks") == "-");
  std::string odd(Connection);
  odd.replace(odd.find(" 31 "), 4, " x1 ");
  CHECK(parse(odd).result == Decode::Partial);
}

TEST_CASE("a connection in /proc/net/tcp has queues and a timer, also past slot 9999") {
  const auto [result, socket] = parse(Connection);
  CHECK(result == Decode::Complete);
  CHECK(text_of(socket, "local") == "10.0.2.7:22");
  CHECK(text_of(socket, "peer") == "10.0.2.4:51022");
  CHECK(socket.send_queue == 0x24u);
  CHECK(socket.recv_queue == 5u);
  CHECK(text_of(socket, "timer") == "keepalive");
  CHECK(text_of(socket, "timer_expires") == std::to_string(0xafc80 * 10000ull));
  CHECK(text_of(socket, "timer_retransmits") == "3");
}

TEST_CASE("a TIME_WAIT line has no user and no inode") {
  const auto [result, socket] = parse(TimeWait);
  CHECK(result == Decode::Complete);
  CHECK(socket.state == State::TimeWait);
  CHECK_FALSE(socket.uid);
  CHECK_FALSE(socket.inode);
}

TEST_CASE("an IPv6 address is four words, each in the machine's order") {
  const auto [result, socket] = parse(
      "   1: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A "
      "00000000:00000000 "
      "00:00000000 00000000     0        0 99 1 0 100 0 0 10 0",
      Tcp6);
  CHECK(result == Decode::Complete);
  CHECK(text_of(socket, "local_address") == "2001:db8::1");
  CHECK(socket.local_port == 443);
  CHECK_FALSE(socket.peer_address);
  CHECK(text_of(socket, "v6_only") == "-");
}

TEST_CASE("a line of /proc/net/udp ends with its drops") {
  const auto [result, socket] = parse(
      "  190: 00000000:04BA 00000000:0000 07 00000000:00000180 00:00000000 00000000  1001        0 5150 2 "
      "0000000000000000 17",
      Udp);
  CHECK(result == Decode::Complete);
  CHECK(socket.state == State::Unconnected);
  CHECK(text_of(socket, "local") == "0.0.0.0:1210");
  CHECK(socket.recv_queue == 0x180u);
  CHECK(text_of(socket, "drops") == "17");
}

TEST_CASE("a line with too few columns is malformed at every length, and extra columns do no harm") {
  const std::size_t needed = Listener.find("31337") + 5;
  for (std::size_t length = 0; length < Listener.find("31337"); ++length)
    CHECK(parse(Listener.substr(0, length)).result == Decode::Malformed);
  CHECK(parse(Listener.substr(0, needed)).result == Decode::Complete);
  CHECK(parse(std::string(Listener) + " and more columns of a kernel to come").result == Decode::Complete);
}

TEST_CASE("odd digits make a line malformed") {
  for (const std::string_view damaged : {"0100007G:19C8", "0100007F19C8", "100007F:19C8", "0100007F:19C8F"}) {
    std::string line(Listener);
    line.replace(line.find("0100007F:19C8"), std::strlen("0100007F:19C8"), damaged);
    INFO(damaged);
    CHECK(parse(line).result == Decode::Malformed);
  }
  std::string negative(Listener);
  negative.replace(negative.find("  107 "), 6, "  -17 ");
  CHECK(parse(negative).result == Decode::Malformed);
}

TEST_CASE("100 KB of junk on one line is malformed and does no harm") {
  CHECK(parse(std::string(100'000, 'x')).result == Decode::Malformed);
  CHECK(parse(std::string(100'000, ' ')).result == Decode::Malformed);
  std::string colons;
  for (int i = 0; i < 20'000; ++i) colons += "0:0 F ";
  CHECK(parse(colons).result == Decode::Malformed);
}

}  // namespace sockutils::test::inet_proc_test
