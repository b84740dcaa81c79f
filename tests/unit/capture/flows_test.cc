#include "capture/flows.h"

#include <netinet/in.h>

#include <algorithm>

#include "support/catch.h"
#include "unit/capture/frames.h"

namespace sockutils::test::flows_test {
namespace {

using capture::FlowTable;
using capture::LinkType;

class Table {
 public:
  Table& add(const std::string& frame) {
    table_.add({{}, as_bytes(frame), static_cast<std::uint32_t>(frame.size())}, LinkType::Cooked2);
    return *this;
  }
  FlowTable& operator*() { return table_; }
  std::vector<TrafficFlow> flows() {
    auto flows = table_.take_flows();
    std::sort(flows.begin(), flows.end(),
              [](const TrafficFlow& a, const TrafficFlow& b) { return a.outgoing < b.outgoing; });
    return flows;
  }
  void own(const char* address) { table_.interfaces().learn({}, {address_of(address)}); }

 private:
  FlowTable table_;
};

TEST_CASE("packets with the same ends add up, each direction by itself") {
  Table table;
  table.own("192.0.2.1");
  const std::string there = ip4(IPPROTO_UDP, udp(100));
  const std::string back =
      ip4(IPPROTO_UDP, udp(30, 53, 1000), {address_of("192.0.2.2"), address_of("192.0.2.1")});
  table.add(cooked(Out, Four, there)).add(cooked(Out, Four, there)).add(cooked(In, Four, back));
  const auto flows = table.flows();
  REQUIRE(flows.size() == 2);
  CHECK_FALSE(flows[0].outgoing);
  CHECK(flows[0].bytes == 30);
  CHECK(flows[1].packets == 2);
  CHECK(flows[1].bytes == 200);
  CHECK(flows[1].wire_bytes == 2 * (100 + 8 + 20 + 14));
  for (const TrafficFlow& flow : flows) {
    CHECK(flow.own);
    CHECK(flow.local == address_of("192.0.2.1"));
    CHECK(flow.local_port == 1000);
    CHECK(flow.peer_port == 53);
    CHECK(flow.interface == 3);
  }
  CHECK(table.flows().empty());
}

TEST_CASE("what is from and to others is not of this machine") {
  Table table;
  table.own("198.51.100.1");
  table.add(cooked(In, Four, ip4(IPPROTO_UDP, udp(1)))).add(cooked(Out, Four, ip4(IPPROTO_UDP, udp(1))));
  for (const TrafficFlow& flow : table.flows()) CHECK_FALSE(flow.own);
}

TEST_CASE("what comes to many is for this machine too") {
  Table table;
  table.own("192.0.2.9");
  table.add(cooked(In, Four, ip4(IPPROTO_UDP, udp(1), {address_of("192.0.2.1"), address_of("224.0.0.251")})));
  table.add(cooked(Broadcast, Four,
                   ip4(IPPROTO_UDP, udp(1), {address_of("192.0.2.1"), address_of("192.0.2.255")})));
  for (const TrafficFlow& flow : table.flows()) {
    CHECK(flow.own);
    CHECK(flow.to_many);
  }
}

TEST_CASE("later fragments belong to the flow of the first") {
  Table table;
  const std::string head = Bytes().u16(1000).u16(53).u16(3008).u16(0).zeros(1472).text();
  table.add(cooked(Out, Four, ip4(IPPROTO_UDP, head, {}, 0x2000)));
  table.add(cooked(Out, Four, ip4(IPPROTO_UDP, std::string(1528, 'x'), {}, 185)));
  const auto flows = table.flows();
  REQUIRE(flows.size() == 1);
  CHECK(flows[0].bytes == 3000);
  CHECK(flows[0].packets == 2);
}

TEST_CASE("what passes a bridge's port, or was sent by an interface above, is counted there") {
  Table table;
  Link port{3, "eth0", {2, 2, 2, 2, 2, 2}, true, true};
  Link lower{4, "eth1", {9, 9, 9, 9, 9, 9}, true, false};
  Link own{5, "eth2", {2, 2, 2, 2, 2, 2}, true, false};
  (*table).interfaces().learn({port, lower, own}, {});
  const std::string ip = ip4(IPPROTO_UDP, udp(1));
  table.add(cooked(Out, Four, ip, 3)).add(cooked(In, Four, ip, 3)).add(cooked(Out, Four, ip, 4));
  CHECK(table.flows().empty());
  table.add(cooked(In, Four, ip, 4)).add(cooked(Out, Four, ip, 5));
  CHECK(table.flows().size() == 2);
}

TEST_CASE("what comes in over loopback went out over it") {
  Table table;
  std::string frame =
      cooked(In, Four, ip4(IPPROTO_UDP, udp(10), {address_of("127.0.0.1"), address_of("127.0.0.2")}));
  std::fill_n(frame.begin() + 12, 6, '\0');
  const auto flows = table.add(frame).flows();
  REQUIRE(flows.size() == 2);
  CHECK(flows[0].local == address_of("127.0.0.2"));
  CHECK(flows[1].local == address_of("127.0.0.1"));
  CHECK(flows[1].bytes == 10);
}

TEST_CASE("frames for other machines are none of ours, and what cannot be read is said") {
  Table table;
  table.add(cooked(OtherHost, Four, ip4(IPPROTO_UDP, udp(1)))).add(cooked(In, 0x0806, std::string(28, 'x')));
  CHECK(table.flows().empty());
  CHECK((*table).take_unclear() == 0);
  table.add(cooked(In, Four, std::string("\x45\0", 2)));
  CHECK((*table).take_unclear() == 1);
}

TEST_CASE("an echo is of who asked for it") {
  Table table;
  table.add(cooked(Out, Four, ip4(IPPROTO_ICMP, echo(false, true, 77))));
  CHECK(table.flows().front().local_port == 77);
  // The kernel answers.
  table.add(cooked(In, Four, ip4(IPPROTO_ICMP, echo(false, true, 77))));
  CHECK(table.flows().front().local_port == 0);
  table.add(cooked(In, Four, ip4(IPPROTO_ICMP, echo(false, false, 77))));
  CHECK(table.flows().front().local_port == 77);
}

TEST_CASE("with too many ends, those are no longer told apart, and nothing is lost") {
  Table table;
  constexpr unsigned Peers = FlowTable::MaxFlows + 5000;
  for (unsigned i = 0; i < Peers; ++i) {
    const Address peer = Address::v4({10, static_cast<std::uint8_t>(i >> 16),
                                      static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
    table.add(cooked(In, Four, ip4(IPPROTO_UDP, udp(10), {peer, address_of("192.0.2.2")})));
  }
  const auto flows = table.flows();
  CHECK(flows.size() == FlowTable::MaxFlows + 1);
  std::uint64_t bytes = 0;
  std::uint64_t merged = 0;
  for (const TrafficFlow& flow : flows) {
    bytes += flow.bytes;
    if (flow.many_peers) merged += flow.packets;
  }
  CHECK(bytes == 10u * Peers);
  CHECK(merged == 5000);
}

}  // namespace
}  // namespace sockutils::test::flows_test
