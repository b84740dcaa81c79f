// Which packets belong to a probe, and which only look like it.

#include <netinet/in.h>

#include "capture/packet.h"
#include "sockutils/capture.h"
#include "support/catch.h"
#include "unit/capture/frames.h"

namespace sockutils::test::capture_flows_test {
namespace {

using capture::LinkType;

const Ends There{address_of("10.0.0.1"), address_of("10.0.0.2")};
const Ends Back{address_of("10.0.0.2"), address_of("10.0.0.1")};

bool holds(CaptureFlows& flows, const std::string& packet, LinkType type = LinkType::Raw) {
  return flows.hold(static_cast<int>(type), as_bytes(packet), static_cast<std::uint32_t>(packet.size()));
}

/// Port 80 of 10.0.0.2 is asked for from port 40000.
void fill(CaptureFlows& flows) {
  flows.add_host(address_of("10.0.0.2"));
  flows.add_far_port(Protocol::Tcp, 80);
  flows.add_near_port(Protocol::Tcp, 40'000);
}

std::string error_about(const std::string& packet, unsigned type = 3, unsigned code = 13) {
  return Bytes().u8(type).u8(code).u16(0).u32(0).add(packet.substr(0, 28)).text();
}

TEST_CASE("the packets of a connection are those between its two ends, both ways") {
  CaptureFlows flows;
  fill(flows);
  CHECK(holds(flows, ip4(IPPROTO_TCP, tcp(0, 40'000, 80), There)));
  CHECK(holds(flows, ip4(IPPROTO_TCP, tcp(10, 80, 40'000), Back)));
  CHECK(holds(flows, cooked(Out, Four, ip4(IPPROTO_TCP, tcp(0, 40'000, 80), There)), LinkType::Cooked2));
}

TEST_CASE("another connection to the same port, and the same ports of other hosts, are others' packets") {
  CaptureFlows flows;
  fill(flows);
  CHECK_FALSE(holds(flows, ip4(IPPROTO_TCP, tcp(0, 40'001, 80), There)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_TCP, tcp(0, 40'000, 81), There)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_UDP, udp(0, 40'000, 80), There)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_TCP, tcp(0, 40'000, 80), {There.source, address_of("10.0.0.3")})));
  // The other end's port 40000 is not ours.
  CHECK_FALSE(holds(flows, ip4(IPPROTO_TCP, tcp(0, 40'000, 80), Back)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_ICMP, echo(false, true, 80), There)));
}

TEST_CASE("a port that others ask for here is theirs from any port") {
  CaptureFlows flows;
  fill(flows);
  flows.add_served_port(Protocol::Udp, 7000);
  CHECK(holds(flows, ip4(IPPROTO_UDP, udp(4, 5555, 7000), Back)));
  CHECK(holds(flows, ip4(IPPROTO_UDP, udp(4, 7000, 5555), There)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_UDP, udp(4, 7000, 5555), Back)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_UDP, udp(4, 5555, 7000), {address_of("10.9.9.9"), There.source})));
}

TEST_CASE("an ICMP error belongs to what it is about, whoever sent it") {
  CaptureFlows flows;
  fill(flows);
  const Ends router{address_of("10.0.0.254"), There.source};
  const std::string ours = ip4(IPPROTO_TCP, tcp(0, 40'000, 80), There);
  const std::string others = ip4(IPPROTO_TCP, tcp(0, 40'001, 80), There);
  CHECK(holds(flows, ip4(IPPROTO_ICMP, error_about(ours), router)));
  CHECK(holds(flows, ip4(IPPROTO_ICMP, error_about(ours, 11, 0), router)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_ICMP, error_about(others), router)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_ICMP, error_about(ours, 8, 0), router)));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_ICMP, error_about(ours.substr(0, 20)), router)));
}

TEST_CASE("the same with IPv6") {
  CaptureFlows flows;
  const auto& [near, far] = ends6();
  Address with_scope = far;
  with_scope.scope_id = 7;
  flows.add_host(with_scope);
  flows.add_far_port(Protocol::Udp, 53);
  flows.add_near_port(Protocol::Udp, 1000);
  const std::string ours = ip6(IPPROTO_UDP, udp(20));
  CHECK(holds(flows, ours));
  const std::string error = Bytes().u8(1).u8(4).u16(0).u32(0).add(ours).text();
  CHECK(holds(flows, ip6(IPPROTO_ICMPV6, error, {address_of("2001:db8::9"), near})));
  CHECK_FALSE(holds(flows, ip6(IPPROTO_UDP, udp(20, 1001))));
}

TEST_CASE("later fragments follow the first one") {
  CaptureFlows flows;
  fill(flows);
  constexpr unsigned MoreFragments = 0x2000;
  const std::string later = ip4(IPPROTO_TCP, std::string(16, 'x'), There, 5);
  CHECK_FALSE(holds(flows, later));
  CHECK(holds(flows, ip4(IPPROTO_TCP, tcp(8, 40'000, 80), There, MoreFragments)));
  CHECK(holds(flows, later));
  CHECK_FALSE(holds(flows, ip4(IPPROTO_TCP, std::string(16, 'x'), Back, 5)));
}

TEST_CASE("what is cut, or no IP at all, belongs to nobody") {
  CaptureFlows flows;
  fill(flows);
  const std::string whole = ip4(IPPROTO_TCP, tcp(0, 40'000, 80), There);
  for (std::size_t size = 0; size < 24; ++size) CHECK_FALSE(holds(flows, whole.substr(0, size)));
  CHECK_FALSE(holds(flows, cooked(In, 0x0806, std::string(28, '\0')), LinkType::Cooked2));
}

TEST_CASE("the kernel's filter names hosts and ports as long as they are few") {
  CaptureFlows flows;
  fill(flows);
  for (std::uint16_t port = 8000; port <= 8010; ++port) flows.add_far_port(Protocol::Tcp, port);
  flows.add_far_port(Protocol::Udp, 53);
  const std::string filter = flows.filter();
  CHECK(
      filter.starts_with("((tcp portrange 80-80 or tcp portrange 8000-8010 or udp portrange 53-53) and "
                         "(host 10.0.0.2)) or icmp"));
  for (unsigned i = 0; i < 40; ++i)
    flows.add_far_port(Protocol::Tcp, static_cast<std::uint16_t>(100 + 2 * i));
  CHECK(flows.filter().starts_with("((tcp or udp) and (host 10.0.0.2)) or icmp"));
  for (std::uint8_t i = 0; i < 40; ++i) flows.add_host(Address::v4({10, 1, 0, i}));
  CHECK(flows.filter().starts_with("(tcp or udp) or icmp"));
}

}  // namespace
}  // namespace sockutils::test::capture_flows_test
