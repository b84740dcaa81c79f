#include "pipeline/kill.h"

#include <cerrno>

#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::kill_test {
namespace {

SocketIdentity identity() {
  SocketIdentity identity;
  identity.cookie = 0x1001;
  identity.local_address = Address::v4({192, 0, 2, 7});
  identity.local_port = 22;
  return identity;
}

/// A machine that answers with this errno value, and remembers what it was asked.
struct Machine {
  explicit Machine(int error) {
    system.script = [this, error](ByteView request, std::uint32_t sequence) {
      asked = *load<nlmsghdr>(request);
      return FakeChannel::Datagrams{error_message(sequence, FakeChannel::PortId, error)};
    };
  }
  FakeSystem system;
  nlmsghdr asked{};
};

TEST_CASE("closing a socket is one request with an acknowledgement") {
  Machine machine(0);
  CHECK(close_socket(machine.system, identity()));
  CHECK(machine.asked.nlmsg_type == SOCK_DESTROY);
  CHECK((machine.asked.nlmsg_flags & NLM_F_ACK) != 0);
  CHECK((machine.asked.nlmsg_flags & NLM_F_DUMP) == 0);
}

TEST_CASE("each refusal to close is an error with the kernel's reason") {
  for (const int error : {EPERM, EOPNOTSUPP, ENOENT}) {
    Machine machine(error);
    const auto closed = close_socket(machine.system, identity());
    REQUIRE_FALSE(closed);
    CHECK(closed.error().code == error);
    CHECK(closed.error().subject == "tcp 192.0.2.7:22 - 0.0.0.0:0");
  }
}

TEST_CASE("a socket of another namespace, of another protocol, or without cookie is not asked for") {
  Machine machine(0);
  machine.system.inodes["/proc/thread-self/ns/net"] = 5;
  SocketIdentity other = identity();
  other.netns = 6;
  CHECK(close_socket(machine.system, other).error().code == EXDEV);
  other = identity();
  other.protocol = Protocol::Raw;
  CHECK(close_socket(machine.system, other).error().code == EOPNOTSUPP);
  other = identity();
  other.cookie = 0;
  CHECK(close_socket(machine.system, other).error().code == EINVAL);
  CHECK(machine.asked.nlmsg_type == 0);
}

TEST_CASE("there is no identity without a cookie, nor outside of the internet families") {
  std::vector<OptionalValue> values(identity_fields().size());
  CHECK_FALSE(identity_of(values));
  values[0] = Family::Inet;
  values[1] = Protocol::Tcp;
  CHECK_FALSE(identity_of(values));
  values[2] = std::uint64_t{7};
  REQUIRE(identity_of(values));
  CHECK(identity_of(values)->cookie == 7);
  CHECK_FALSE(identity_of(values)->netns);
  values[0] = Family::Unix;
  CHECK_FALSE(identity_of(values));
  CHECK_FALSE(identity_of(Values(values).first(3)));
}

}  // namespace
}  // namespace sockutils::test::kill_test
