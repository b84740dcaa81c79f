#include "os/netlink_dump.h"

#include <cerrno>

#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::netlink_dump_test {
namespace {

constexpr std::uint32_t Sequence = 5;
constexpr std::uint32_t PortId = FakeChannel::PortId;

std::string answer(std::string_view payload, std::uint16_t flags = NLM_F_MULTI) {
  return netlink_message(SOCK_DIAG_BY_FAMILY, Sequence, PortId, payload, flags);
}

struct Fed {
  DumpReader reader{Sequence, PortId};
  std::vector<std::string> payloads;
  DumpReader::Progress progress = DumpReader::Progress::More;

  void feed(std::string_view datagram) {
    // Aligned, and of exactly this size.
    const std::vector<char> copy(datagram.begin(), datagram.end());
    progress = reader.feed(as_bytes({copy.data(), copy.size()}), [&](std::uint16_t, ByteView payload) {
      payloads.emplace_back(as_text(payload));
      return true;
    });
  }
};

}  // namespace

TEST_CASE("a dump hands on every message until it is done") {
  Fed fed;
  fed.feed(answer("abcd") + answer("efgh"));
  CHECK(fed.progress == DumpReader::Progress::More);
  fed.feed(answer("ijkl") + done_message(Sequence, PortId));
  CHECK(fed.progress == DumpReader::Progress::Done);
  CHECK(fed.payloads == std::vector<std::string>{"abcd", "efgh", "ijkl"});
  CHECK(fed.reader.error() == 0);
  CHECK_FALSE(fed.reader.interrupted());
  CHECK(fed.reader.malformed() == 0);
}

TEST_CASE("an error inside NLMSG_DONE, or as NLMSG_ERROR, ends the dump with it") {
  Fed done;
  done.feed(done_message(Sequence, PortId, -ENOENT));
  CHECK(done.progress == DumpReader::Progress::Done);
  CHECK(done.reader.error() == ENOENT);
  Fed error;
  error.feed(error_message(Sequence, PortId, EPERM));
  CHECK(error.progress == DumpReader::Progress::Done);
  CHECK(error.reader.error() == EPERM);
}

TEST_CASE("a dump that the kernel interrupted says so") {
  Fed fed;
  fed.feed(answer("abcd", NLM_F_MULTI | NLM_F_DUMP_INTR) + done_message(Sequence, PortId));
  CHECK(fed.reader.interrupted());
}

TEST_CASE("answers to others and to earlier requests are passed over") {
  Fed fed;
  fed.feed(netlink_message(SOCK_DIAG_BY_FAMILY, Sequence - 1, PortId, "old") +
           netlink_message(SOCK_DIAG_BY_FAMILY, Sequence, PortId + 1, "foreign") +
           done_message(Sequence - 1, PortId) + answer("mine"));
  CHECK(fed.progress == DumpReader::Progress::More);
  CHECK(fed.payloads == std::vector<std::string>{"mine"});
}

TEST_CASE("a datagram cut at any byte hands on whole messages and counts the rest as malformed") {
  const std::string whole = answer("abcd") + answer("efgh");
  const std::size_t first = answer("abcd").size();
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    Fed fed;
    fed.feed(whole.substr(0, length));
    CHECK(fed.payloads.size() == length / first);
    CHECK(fed.reader.malformed() == (length % first == 0 ? 0 : 1));
  }
}

TEST_CASE("a message whose length makes no sense is malformed") {
  for (const std::uint32_t length : {0u, 3u, 15u, 4000u, 0xffffffffu}) {
    std::string bytes = answer("abcd");
    bytes.replace(0, 4, bytes_of(length));
    Fed fed;
    fed.feed(bytes);
    CHECK(fed.payloads.empty());
    CHECK(fed.reader.malformed() == 1);
  }
}

TEST_CASE("a sink that has enough stops the dump") {
  DumpReader reader(Sequence, PortId);
  const std::string bytes = answer("abcd") + answer("efgh");
  int calls = 0;
  const auto progress = reader.feed(as_bytes(bytes), [&](std::uint16_t, ByteView) { return ++calls > 1; });
  CHECK(progress == DumpReader::Progress::Stopped);
  CHECK(calls == 1);
}

TEST_CASE("netlink_dump asks once and reads to the end") {
  std::string seen;
  const FakeChannel::Script script = [&](ByteView request, std::uint32_t sequence) {
    seen = as_text(request);
    return FakeChannel::Datagrams{netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, "abcd"),
                                  done_message(sequence, PortId)};
  };
  FakeChannel channel(script);
  int messages = 0;
  const auto outcome = netlink_dump(channel, SOCK_DIAG_BY_FAMILY, as_bytes("payload!"), [&](auto, auto) {
    ++messages;
    return true;
  });
  REQUIRE(outcome);
  CHECK(messages == 1);
  CHECK(outcome->error == 0);
  const auto header = load<nlmsghdr>(as_bytes(seen));
  REQUIRE(header);
  CHECK(header->nlmsg_len == seen.size());
  CHECK(header->nlmsg_flags == (NLM_F_REQUEST | NLM_F_DUMP));
  CHECK(seen.substr(sizeof(nlmsghdr)) == "payload!");
}

TEST_CASE("a long dump that is received ahead comes whole and in order") {
  constexpr int Datagrams = 100;
  const FakeChannel::Script script = [&](ByteView, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams;
    for (int i = 0; i < Datagrams; ++i)
      datagrams.emplace_back(
          netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, std::to_string(1000 + i)));
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
  FakeChannel channel(script);
  std::vector<std::string> expected;
  for (int i = 0; i < Datagrams; ++i) expected.push_back(std::to_string(1000 + i));
  std::vector<std::string> payloads;
  const auto outcome = netlink_dump(channel, SOCK_DIAG_BY_FAMILY, {}, [&](auto, ByteView payload) {
    payloads.emplace_back(as_text(payload));
    return true;
  });
  REQUIRE(outcome);
  CHECK(payloads == expected);
  // Whoever has enough in the middle leaves the rest to the next dump, which passes it over.
  std::size_t seen = 0;
  const auto stopped =
      netlink_dump(channel, SOCK_DIAG_BY_FAMILY, {}, [&](auto, auto) { return ++seen < 50; });
  REQUIRE(stopped);
  CHECK(stopped->stopped);
  CHECK(seen == 50);
}

TEST_CASE("a long dump that breaks off is an error, also when it is received ahead") {
  for (const std::size_t good : {1u, 8u, 9u, 30u}) {
    const FakeChannel::Script script = [&](ByteView, std::uint32_t sequence) {
      FakeChannel::Datagrams datagrams(good, netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, "abcd"));
      datagrams.emplace_back(tl::unexpected(Error{ENOBUFS, "receive", "sock_diag", {}}));
      return datagrams;
    };
    FakeChannel channel(script);
    std::size_t messages = 0;
    const auto outcome = netlink_dump(channel, SOCK_DIAG_BY_FAMILY, {}, [&](auto, auto) {
      ++messages;
      return true;
    });
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ENOBUFS);
    CHECK(messages == good);
  }
}

TEST_CASE("the end of somebody else's dump does not make a long one wait for ever") {
  const FakeChannel::Script script = [&](ByteView, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams(20, netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, "abcd"));
    datagrams.emplace_back(done_message(sequence, PortId + 1));
    return datagrams;
  };
  FakeChannel channel(script);
  const auto outcome = netlink_dump(channel, SOCK_DIAG_BY_FAMILY, {}, [](auto, auto) { return true; });
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == EIO);
}

TEST_CASE("a channel that loses messages is an error") {
  const FakeChannel::Script script = [](ByteView, std::uint32_t) {
    return FakeChannel::Datagrams{tl::unexpected(Error{ENOBUFS, "receive", "sock_diag", {}})};
  };
  FakeChannel channel(script);
  const auto outcome = netlink_dump(channel, SOCK_DIAG_BY_FAMILY, {}, [](auto, auto) { return true; });
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ENOBUFS);
}

}  // namespace sockutils::test::netlink_dump_test
