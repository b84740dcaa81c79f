#include "unit/filter/filter_support.h"

namespace sockutils::testing::filter_vsock_test {
namespace {

/// The ends as the decoder of vsock writes them.
TestSocket vsock_socket(std::string_view local, std::string_view peer = {}) {
  TestSocket test;
  test.socket.family = Family::Vsock;
  test.socket.protocol = Protocol::Stream;
  test.socket.state = peer.empty() ? State::Listen : State::Established;
  test.socket.facts.set_bytes(LocalName, local);
  if (!peer.empty()) test.socket.facts.set_bytes(PeerName, peer);
  return test;
}

}  // namespace

TEST_CASE("vsock hosts are a context id and a port, either of them any") {
  const TestSocket connection = vsock_socket("3:4000000000", "2:1024");
  for (const char* filter :
       {"src vsock:3:4000000000", "src vsock:3", "src vsock:*:4000000000", "dst vsock:2:1024",
        "dst vsock::1024", "dst vsock:*", "address vsock:2", "dst != vsock:5"}) {
    INFO(filter);
    CHECK(connection.matches(filter));
  }
  for (const char* filter : {"src vsock:2", "src vsock:3:1", "dst vsock:2:1025", "dst != vsock:2", "src 3"}) {
    INFO(filter);
    CHECK_FALSE(connection.matches(filter));
  }
}

TEST_CASE("a vsock listener that takes any context has no context, and no other end") {
  const TestSocket listener = vsock_socket("*:22");
  CHECK(listener.matches("src vsock:*:22"));
  CHECK(listener.matches("src vsock:*"));
  CHECK_FALSE(listener.matches("src vsock:2:22"));
  CHECK_FALSE(listener.matches("dst vsock:2"));
  CHECK_FALSE(listener.matches("peer != vsock:2"));
  CHECK(listener.matches("dst != vsock:2"));
}

TEST_CASE("ports of vsock have 32 bits and are compared like others") {
  const TestSocket connection = vsock_socket("3:4000000000", "2:1024");
  for (const char* filter :
       {"sport = vsock:4000000000", "sport > vsock:65535", "dport = vsock::1024", "dport <= vsock:1024"}) {
    INFO(filter);
    CHECK(connection.matches(filter));
  }
  CHECK_FALSE(connection.matches("sport = vsock:1024"));
  CHECK_FALSE(connection.matches("dport = 1024"));
  CHECK_FALSE(internet_socket(State::Listen, "0.0.0.0", 1024).matches("sport = vsock:1024"));
}

TEST_CASE("a vsock filter prints as what reads as the same") {
  for (const char* filter : {"src vsock:3:22", "dst vsock:*:1024", "sport = vsock:4000000000"}) {
    const std::string once = parse(filter).to_string();
    CHECK(parse(once).to_string() == once);
    CHECK(once.find("vsock") != std::string::npos);
  }
}

}  // namespace sockutils::testing::filter_vsock_test
