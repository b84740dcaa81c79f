#include "probe/via/messages.h"

#include "probe/via/keys.h"
#include "probe/via/secure_stream.h"
#include "support/catch.h"

namespace sockutils::test::messages_test {
namespace {

using namespace probe;

const std::string Token(TokenSize, 'k');

Sockaddr end(std::string_view address, std::uint16_t port) { return {Address::parse(address).value(), port}; }

SeenPort full_seen() {
  SeenPort seen;
  seen.port = {Protocol::Udp, 53};
  seen.half_open = 1;
  seen.accepted = 2;
  seen.bytes = 4096;
  seen.syn = SynFacts{63, 0xb8, 1460, 7, true, true, true};
  seen.source = end("2001:db8::1", 40'000);
  seen.train = {20, 19, 1, 2, std::chrono::microseconds(77)};
  seen.ttl = 61;
  seen.tos = 0xb8;
  seen.ecn_tos = 0xba;
  seen.largest = 1400;
  return seen;
}

TriedPort full_tried() {
  TriedPort tried;
  tried.port = {Protocol::Tcp, 80};
  tried.local = end("192.0.2.1", 1);
  tried.ttl = 64;
  tried.tos = 0xb8;
  tried.connected = true;
  tried.echoed = 4096;
  tried.error = "host-unreachable";
  tried.error_from = Address::parse("192.0.2.254");
  tried.mss = 1460;
  tried.timestamps = true;
  tried.sack = false;
  tried.window_scaling = true;
  tried.round_trip_us = 1234;
  tried.sent = 20;
  tried.answers = {20, 18, 0, 0, {}};
  tried.answer_ttl = 60;
  tried.path_mtu = 1500;
  return tried;
}

std::vector<Message> messages() {
  return {Hello{1, "0.1.0"},
          Refusal{"no"},
          Open{{{Protocol::Tcp, 80}, {Protocol::Udp, 53}}},
          Opened{Token, {{{Protocol::Tcp, 80}, "the port is taken"}, {{Protocol::Udp, 53}, ""}}},
          probe::Report{},
          Seen{{full_seen(), SeenPort{{Protocol::Tcp, 1}}}},
          Try{Token, {{Protocol::Tcp, 80}}, 500, 10, 46, false},
          Tried{{full_tried(), TriedPort{{Protocol::Udp, 9}}}},
          Capture{},
          Capturing{"it may not"},
          Fetch{},
          Packets{std::string(MaxPacketBytes, 'p'), true, 300, 2}};
}

TEST_CASE("every message is read as it was written") {
  REQUIRE(messages().size() == std::variant_size_v<Message>);
  for (const Message& message : messages()) {
    const std::string frame = encode(message);
    INFO("type " << message.index());
    const auto read = decode(std::string_view(frame).substr(2));
    REQUIRE(read);
    CHECK(*read == message);
  }
}

TEST_CASE("a message that is cut short or goes on is none") {
  for (const Message& message : messages()) {
    const std::string body = encode(message).substr(2);
    INFO("type " << message.index());
    for (std::size_t size = 0; size < body.size(); ++size) CHECK_FALSE(decode(body.substr(0, size)));
    CHECK_FALSE(decode(body + '\0'));
  }
  CHECK_FALSE(decode("\xff"));
}

TEST_CASE("what would be too much is no message") {
  Open open;
  for (std::size_t i = 0; i <= MaxPortsOfPair; ++i) open.ports.push_back({Protocol::Tcp, 80});
  CHECK_FALSE(decode(encode(open).substr(2)));
  CHECK_FALSE(decode(encode(Open{{{Protocol::Tcp, 0}}}).substr(2)));
  CHECK_FALSE(decode(encode(Try{"short", {}}).substr(2)));
  CHECK_FALSE(decode(encode(Try{Token, {}, 500, MaxDatagrams + 1}).substr(2)));
  CHECK_FALSE(decode(encode(Try{Token, {}, 100'000}).substr(2)));
  CHECK_FALSE(decode(encode(Try{Token, {}, 500, 10, std::uint8_t{64}}).substr(2)));
  // A text that is too long is cut where it is written.
  CHECK(decode(encode(Refusal{std::string(1000, 'x')}).substr(2)));
}

TEST_CASE("the largest answer fits into a frame") {
  Seen seen;
  Tried tried;
  for (std::size_t i = 0; i < MaxPortsOfPair; ++i) {
    seen.ports.push_back(full_seen());
    tried.ports.push_back(full_tried());
    tried.ports.back().error = std::string(LongestTextOfPair, 'x');
  }
  CHECK(decode(encode(seen).substr(2)));
  CHECK(decode(encode(tried).substr(2)));
}

TEST_CASE("frames are found in a stream however it is cut") {
  std::string stream;
  for (const Message& message : messages()) stream += encode(message);
  FrameReader reader;
  std::size_t found = 0;
  for (const char c : stream) {
    reader.add({&c, 1});
    while (const auto frame = reader.take()) CHECK(decode(*frame) == messages().at(found++));
  }
  CHECK(found == messages().size());
  CHECK_FALSE(reader.is_broken());
}

TEST_CASE("garbage breaks a stream at once, and without being kept") {
  for (const std::string& garbage :
       {std::string("\0\0", 2), std::string("GET / HTTP/1.1\r\n"), std::string(100, '\xff')}) {
    MessageStream stream(nullptr);
    stream.put(garbage);
    CHECK_FALSE(stream.next());
    INFO(garbage);
    // What looks like the length of a frame is waited for, as long as it is a possible one.
    CHECK(stream.is_broken() == (garbage[0] != 'G'));
  }
}

TEST_CASE("keys are read from lines, each with a name of its own") {
  const std::string secret(64, 'a');
  const auto keys = parse_keys("# of this office\n\nsockutils-key-1 laptop " + secret +
                               "\nsockutils-key-1 phone.2 " + secret);
  REQUIRE(keys);
  REQUIRE(keys->size() == 2);
  CHECK((*keys)[0].name == "laptop");
  CHECK((*keys)[0].secret == std::string(32, '\xaa'));
  CHECK(parse_keys(key_line((*keys)[1]))->at(0) == (*keys)[1]);
}

TEST_CASE("a line that is no key is refused, and its content never told") {
  const std::string secret(64, 'a');
  const std::string key_line_of_a = key_line({"a", std::string(32, '\xaa')});
  std::string twice = key_line_of_a;
  twice += key_line_of_a;
  for (const std::string& line :
       {"sockutils-key-1 laptop " + secret + "a", "sockutils-key-1 laptop " + secret.substr(2),
        "sockutils-key-2 laptop " + secret, "sockutils-key-1 lap/top " + secret, "sockutils-key-1 " + secret,
        "sockutils-key-1 laptop g" + secret.substr(1), twice}) {
    const auto keys = parse_keys(line);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().message().find("aaaa") == std::string::npos);
  }
}

}  // namespace
}  // namespace sockutils::test::messages_test
