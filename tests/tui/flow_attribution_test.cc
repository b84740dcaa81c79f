#include "tui/collect/flow_attribution.h"

#include <netinet/in.h>

#include <set>

#include "support/catch.h"

namespace tui::test::claims_test {
namespace {

using sockutils::Address;
using sockutils::Family;
using sockutils::Protocol;
using sockutils::TrafficFlow;

Address address_of(const char* text) { return *Address::parse(text); }

/// A UDP socket by its ends; `*` is the wildcard.
struct Udp {
  explicit Udp(std::uint64_t number, const char* local, std::uint16_t port) {
    socket.key = {number, 0};
    socket.protocol = Protocol::Udp;
    socket.local_address = address_of(local);
    socket.family = socket.local_address->is_v6 ? Family::Inet6 : Family::Inet;
    socket.local_port = port;
  }
  Udp& peer(const char* address, std::uint16_t port) {
    socket.peer_address = address_of(address);
    socket.peer_port = port;
    return *this;
  }
  Udp& v6_only() {
    socket.v6_only = true;
    return *this;
  }
  Udp& on(std::uint32_t interface) {
    socket.interface = interface;
    return *this;
  }
  Udp& closed() {
    socket.closed = true;
    return *this;
  }
  Udp& of(Protocol protocol) {
    socket.protocol = protocol;
    return *this;
  }
  BoundSocket socket;
};

TrafficFlow flow(bool out, const char* local, std::uint16_t port, const char* peer = "192.0.2.9",
                 std::uint16_t peer_port = 4000) {
  TrafficFlow flow;
  flow.outgoing = out;
  flow.protocol = IPPROTO_UDP;
  flow.local = address_of(local);
  flow.peer = address_of(peer);
  flow.local_port = port;
  flow.peer_port = peer_port;
  flow.interface = 2;
  return flow;
}
TrafficFlow in(const char* local, std::uint16_t port, const char* peer = "192.0.2.9",
               std::uint16_t peer_port = 4000) {
  return flow(false, local, port, peer, peer_port);
}

/// Who has the flow: numbers, or `several` or `nobody`.
std::string who(const std::vector<Udp>& sockets, const TrafficFlow& flow) {
  std::vector<BoundSocket> bound;
  for (const Udp& udp : sockets) bound.push_back(udp.socket);
  const FlowAttribution claims(std::move(bound));
  const auto answer = claims.find(flow);
  if (answer.verdict == Verdict::Ambiguous) return "several";
  if (answer.verdict == Verdict::Unclaimed) return "nobody";
  std::set<std::uint64_t> numbers;
  for (const BoundSocket* socket : answer.sockets) numbers.insert(socket->key.number);
  std::string text;
  for (const std::uint64_t number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

TEST_CASE("a socket takes what comes to its port") {
  CHECK(who({Udp(1, "0.0.0.0", 53)}, in("192.0.2.1", 53)) == "1");
  CHECK(who({Udp(1, "0.0.0.0", 53)}, in("192.0.2.1", 54)) == "nobody");
  CHECK(who({Udp(1, "0.0.0.0", 53).of(Protocol::Udplite)}, in("192.0.2.1", 53)) == "nobody");
}

TEST_CASE("one that is bound to an address takes only what comes to that, and before one that is not") {
  const std::vector<Udp> both{Udp(1, "0.0.0.0", 53), Udp(2, "192.0.2.1", 53)};
  CHECK(who(both, in("192.0.2.1", 53)) == "2");
  CHECK(who(both, in("192.0.2.2", 53)) == "1");
}

TEST_CASE("a connected socket takes what comes from its peer, and nothing else") {
  const std::vector<Udp> both{Udp(1, "0.0.0.0", 53), Udp(2, "192.0.2.1", 53).peer("192.0.2.9", 4000)};
  CHECK(who(both, in("192.0.2.1", 53)) == "2");
  CHECK(who(both, in("192.0.2.1", 53, "192.0.2.9", 4001)) == "1");
  CHECK(who(both, in("192.0.2.1", 53, "192.0.2.8", 4000)) == "1");
  CHECK(who(both, flow(true, "192.0.2.1", 53)) == "2");
}

TEST_CASE("a socket of IPv6 takes IPv4 too unless it says not to") {
  CHECK(who({Udp(1, "::", 53)}, in("192.0.2.1", 53)) == "1");
  CHECK(who({Udp(1, "::", 53)}, in("2001:db8::1", 53, "2001:db8::2")) == "1");
  CHECK(who({Udp(1, "::", 53).v6_only()}, in("192.0.2.1", 53)) == "nobody");
  CHECK(who({Udp(1, "::", 53), Udp(2, "0.0.0.0", 53)}, in("192.0.2.1", 53)) == "2");
  CHECK(who({Udp(1, "0.0.0.0", 53)}, in("2001:db8::1", 53, "2001:db8::2")) == "nobody");
}

TEST_CASE("a v4-mapped address is that of IPv4") {
  CHECK(who({Udp(1, "::ffff:192.0.2.1", 53)}, in("192.0.2.1", 53)) == "1");
  CHECK(who({Udp(1, "::ffff:192.0.2.1", 53)}, in("192.0.2.2", 53)) == "nobody");
  CHECK(who({Udp(1, "::ffff:192.0.2.1", 53).peer("::ffff:192.0.2.9", 4000)}, in("192.0.2.1", 53)) == "1");
}

TEST_CASE("one that is bound to an interface takes what comes through that") {
  const std::vector<Udp> both{Udp(1, "0.0.0.0", 53).on(2), Udp(2, "0.0.0.0", 53).on(3)};
  CHECK(who(both, in("192.0.2.1", 53)) == "1");
  CHECK(who({both[1]}, in("192.0.2.1", 53)) == "nobody");
}

TEST_CASE("of several that share a port none is said to have got a packet") {
  const std::vector<Udp> shared{Udp(1, "0.0.0.0", 53), Udp(2, "0.0.0.0", 53)};
  CHECK(who(shared, in("192.0.2.1", 53)) == "several");
  CHECK(who(shared, flow(true, "192.0.2.1", 53)) == "several");
}

TEST_CASE("what comes to many is for each of them") {
  TrafficFlow group = in("224.0.0.251", 5353);
  group.to_many = true;
  const std::vector<Udp> sockets{Udp(1, "0.0.0.0", 5353), Udp(2, "224.0.0.251", 5353),
                                 Udp(3, "192.0.2.1", 5353)};
  CHECK(who(sockets, group) == "1 2");
}

TEST_CASE("one that has closed has what nobody else claims") {
  CHECK(who({Udp(1, "0.0.0.0", 53).closed()}, in("192.0.2.1", 53)) == "1");
  CHECK(who({Udp(1, "0.0.0.0", 53).closed(), Udp(2, "0.0.0.0", 53)}, in("192.0.2.1", 53)) == "2");
  // However exactly the closed one fits.
  CHECK(who({Udp(1, "192.0.2.1", 53).closed(), Udp(2, "0.0.0.0", 53)}, in("192.0.2.1", 53)) == "2");
}

TEST_CASE("peers that are not told apart may be those of a connected socket") {
  TrafficFlow many = in("192.0.2.1", 53, "0.0.0.0", 0);
  many.many_peers = true;
  CHECK(who({Udp(1, "0.0.0.0", 53)}, many) == "1");
  CHECK(who({Udp(1, "0.0.0.0", 53), Udp(2, "192.0.2.1", 53).peer("192.0.2.9", 4000)}, many) == "several");
}

TEST_CASE("each raw socket gets a copy of what comes in, beside the ping socket that asked") {
  TrafficFlow reply = in("192.0.2.1", 77, "192.0.2.9", 0);
  reply.protocol = IPPROTO_ICMP;
  const std::vector<Udp> sockets{Udp(1, "0.0.0.0", IPPROTO_ICMP).of(Protocol::Raw),
                                 Udp(2, "0.0.0.0", IPPROTO_ICMP).of(Protocol::Raw),
                                 Udp(3, "0.0.0.0", 77).of(Protocol::Icmp)};
  CHECK(who(sockets, reply) == "1 2 3");
  TrafficFlow request = reply;
  request.outgoing = true;
  CHECK(who(sockets, request) == "3");
  CHECK(who({sockets[0]}, request) == "1");
  CHECK(who({sockets[0], sockets[1]}, request) == "several");
}

TEST_CASE("what the kernel sends by itself is nobody's") {
  TrafficFlow answer = in("192.0.2.1", 0, "192.0.2.9", 0);
  answer.protocol = IPPROTO_ICMP;
  answer.outgoing = true;
  CHECK(who({Udp(1, "0.0.0.0", IPPROTO_ICMP).of(Protocol::Raw)}, answer) == "nobody");
}

}  // namespace
}  // namespace tui::test::claims_test
