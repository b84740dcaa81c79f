#include "counters/machine_counters.h"

#include "acquire/counters/count.h"

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::machine_counters_test {
namespace {

constexpr std::string_view Snmp =
    "Ip: Forwarding DefaultTTL\n"
    "Ip: 2 64\n"
    "Tcp: RtoAlgorithm MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets InSegs OutSegs RetransSegs\n"
    "Tcp: 1 -1 78421 4273 74026 688 182648 178247 100\n"
    "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\n"
    "Udp: 278 2 7 283 5\n"
    "UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\n"
    "UdpLite: 9 9 9 9 9\n";

constexpr std::string_view Dev =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls "
    "carrier compressed\n"
    "    lo: 8799409  173465    0    0    0     0          0         0  8799409  173465    0    0    0     0 "
    " "
    "     0          0\n"
    "  eth0:264015919    9507    1    2    0     0          0         0   395153    5211    3    4    0     "
    "0 "
    "      0          0\n";

TEST_CASE("a value of snmp is found by section and name") {
  CHECK(snmp_value(Snmp, "Tcp", "ActiveOpens") == 78421u);
  CHECK(snmp_value(Snmp, "Tcp", "RetransSegs") == 100u);
  CHECK(snmp_value(Snmp, "Udp", "InErrors") == 7u);
  CHECK(snmp_value(Snmp, "UdpLite", "InErrors") == 9u);
}

TEST_CASE("what snmp does not have, or not as a count, is absent") {
  CHECK_FALSE(snmp_value(Snmp, "Tcp", "MaxConn"));
  CHECK_FALSE(snmp_value(Snmp, "Tcp", "Nothing"));
  CHECK_FALSE(snmp_value(Snmp, "Icmp", "InMsgs"));
  CHECK_FALSE(snmp_value("Tcp: A B\nTcp: 1", "Tcp", "B"));
  CHECK_FALSE(snmp_value("Tcp: A B", "Tcp", "A"));
  CHECK_FALSE(snmp_value("Tcp: A\nUdp: 1\n", "Tcp", "A"));
  CHECK_FALSE(snmp_value("", "Tcp", "A"));
  // The heading is a word of its line, but no counter.
  CHECK_FALSE(snmp_value(Snmp, "Tcp", "Tcp:"));
}

TEST_CASE("a value of snmp6 is found by its whole name") {
  constexpr std::string_view Text = "Udp6InErrorsMore\t3\nUdp6InErrors                    \t12\nUdp6Odd x\n";
  CHECK(snmp6_value(Text, "Udp6InErrors") == 12u);
  CHECK_FALSE(snmp6_value(Text, "Udp6Odd"));
  CHECK_FALSE(snmp6_value(Text, "Udp6"));
}

TEST_CASE("interfaces have traffic in both directions") {
  const auto interfaces = parse_interfaces(Dev);
  REQUIRE(interfaces.size() == 2);
  CHECK(interfaces[0].name == "lo");
  CHECK(interfaces[0].in.bytes == 8799409u);
  CHECK(interfaces[1].name == "eth0");
  CHECK(interfaces[1].in.bytes == 264015919u);
  CHECK(interfaces[1].in.errors == 1u);
  CHECK(interfaces[1].in.drops == 2u);
  CHECK(interfaces[1].out.packets == 5211u);
  CHECK(interfaces[1].out.drops == 4u);
}

TEST_CASE("lines of interfaces that are cut or odd are left out") {
  CHECK(parse_interfaces("eth0: 1 2 3\n").empty());
  CHECK(parse_interfaces("eth0: x 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n").empty());
  CHECK(parse_interfaces("a b: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n").empty());
  CHECK(parse_interfaces("").empty());
}

TEST_CASE("counters of both versions of IP are added, and those of missing files absent") {
  FakeSystem system;
  system.files["/proc/thread-self/net/snmp"] = std::string(Snmp);
  system.files["/proc/thread-self/net/snmp6"] = "Udp6InErrors 3\n";
  const auto counters = read_machine_counters(system);
  REQUIRE(counters);
  CHECK(counters->udp_errors == 10u);
  CHECK(counters->udp_in == 278u);
  CHECK(counters->tcp_retransmits == 100u);
  CHECK_FALSE(counters->listen_overflows);
  CHECK_FALSE(counters->tcp_time_wait);
  CHECK(counters->interfaces.empty());
}

TEST_CASE("counters without any file are an error") {
  const auto counters = read_machine_counters(FakeSystem());
  REQUIRE_FALSE(counters);
  CHECK(counters.error().operation == "open");
}

}  // namespace
}  // namespace sockutils::test::machine_counters_test
