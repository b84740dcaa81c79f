// Which of the dumps of a recording answers a request.
#include "acquire/recordings/replay_channel.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "support/catch.h"
#include "support/diag_messages.h"

namespace sockutils::test::replay_channel_test {
namespace {

/// As the kernel sends them; only their number counts here.
struct Dumped {
  std::string bytes;
  record::Dump dump;

  explicit Dumped(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i) {
      inet_diag_msg message{};
      message.idiag_family = AF_INET;
      bytes += netlink_message(SOCK_DIAG_BY_FAMILY, 1, 1, bytes_of(message));
    }
    REQUIRE(record::split_messages(bytes, dump.messages));
    dump.error = 0;
  }
};

/// Messages of the answer to a request for all TCP sockets.
std::size_t answered(const ReplayChannel::Dumps& dumps) {
  inet_diag_req_v2 request{};
  request.sdiag_family = AF_INET;
  request.sdiag_protocol = IPPROTO_TCP;
  ReplayChannel channel(dumps);
  const std::string message = netlink_message(SOCK_DIAG_BY_FAMILY, 1, 1, bytes_of(request));
  REQUIRE(channel.send(as_bytes(message)));
  const auto datagram = channel.receive();
  REQUIRE(datagram);
  std::vector<ByteView> messages;
  REQUIRE(record::split_messages(as_text(*datagram), messages));
  std::size_t sockets = 0;
  for (const ByteView one : messages) sockets += load<nlmsghdr>(one)->nlmsg_type == SOCK_DIAG_BY_FAMILY;
  return sockets;
}

record::DumpKey key(std::uint8_t half) { return {AF_INET, half, IPPROTO_TCP}; }

TEST_CASE("both halves answer before a whole dump, which was taken for addresses alone") {
  const Dumped whole(1);
  const Dumped first(2);
  const Dumped second(4);
  CHECK(answered({{key(0), whole.dump}, {key(1), first.dump}, {key(2), second.dump}}) == 6);
  CHECK(answered({{key(1), first.dump}, {key(2), second.dump}}) == 6);
  CHECK(answered({{key(0), whole.dump}, {key(1), first.dump}}) == 1);
  CHECK(answered({{key(0), whole.dump}}) == 1);
  CHECK(answered({{key(2), second.dump}}) == 4);
}

}  // namespace
}  // namespace sockutils::test::replay_channel_test
