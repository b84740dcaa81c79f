#include "sockutils/value.h"

#include "support/catch.h"

namespace sockutils::test::value_names_test {

TEST_CASE("every name of a table parses to what it names") {
  for (const std::string_view text : family_names()) CHECK(name(*parse_family(text)) == text);
  for (const std::string_view text : protocol_names()) CHECK(name(*parse_protocol(text)) == text);
  for (const std::string_view text : state_names()) CHECK(parse_states(text).has_value());
}

TEST_CASE("states are taken in the spelling of ss and of netstat") {
  for (const std::string_view text : {"listen", "LISTEN", "listening"})
    CHECK(parse_states(text) == StateSet{State::Listen});
  for (const std::string_view text : {"established", "ESTAB", "ESTABLISHED"})
    CHECK(parse_states(text) == StateSet{State::Established});
  for (const std::string_view text : {"fin-wait-1", "FIN_WAIT1", "fin-wait1", "FIN-WAIT-1"})
    CHECK(parse_states(text) == StateSet{State::FinWait1});
  CHECK(parse_states("TIME_WAIT") == StateSet{State::TimeWait});
  CHECK(parse_states("SYN_RECV") == StateSet{State::SynRecv});
  CHECK(parse_states("CLOSE") == StateSet{State::Closed});
  CHECK_FALSE(parse_states("listn"));
}

TEST_CASE("groups of states are those of ss") {
  CHECK(parse_states("all") == StateSet::all());
  CHECK_FALSE(parse_states("connected")->contains(State::Listen));
  CHECK(parse_states("connected")->contains(State::SynSent));
  CHECK_FALSE(parse_states("synchronized")->contains(State::SynSent));
  CHECK(parse_states("bucket") == StateSet{State::SynRecv, State::TimeWait});
  CHECK((*parse_states("big") | *parse_states("bucket")) == StateSet::all());
}

TEST_CASE("protocols are taken under the names of ss too") {
  CHECK(parse_protocol("rtnl") == netlink_protocol(0));
  CHECK(parse_protocol("TCP") == Protocol::Tcp);
  CHECK(parse_protocol("genl") == netlink_protocol(16));
  CHECK_FALSE(parse_protocol("tcpp"));
}

TEST_CASE("addresses parse, print and know their kind") {
  CHECK(Address::parse("192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(Address::parse("2001:db8::1")->to_string() == "2001:db8::1");
  CHECK_FALSE(Address::parse("192.0.2"));
  CHECK_FALSE(Address::parse("192.0.2.256"));
  CHECK_FALSE(Address::parse("::1::"));
  CHECK_FALSE(Address::parse(""));
  CHECK_FALSE(Address::parse(std::string_view("127.0.0.1\0x", 11)));
  CHECK(Address::parse("127.3.2.1")->is_loopback());
  CHECK(Address::parse("::1")->is_loopback());
  CHECK(Address::parse("::ffff:127.0.0.1")->is_loopback());
  CHECK_FALSE(Address::parse("::2")->is_loopback());
  CHECK(Address::parse("::")->is_wildcard());
  CHECK(Address::parse("fe80::1")->is_link_local());
  CHECK(Address::parse("169.254.1.1")->is_link_local());
  CHECK(Address::parse("::ffff:1.2.3.4")->is_v4_mapped());
}

TEST_CASE("a prefix covers what begins with it, and an IPv4 one also v4-mapped addresses") {
  const auto in = [](std::string_view address, std::string_view prefix, unsigned length) {
    return matches_prefix(*Address::parse(address), *Address::parse(prefix), length);
  };
  CHECK(in("10.1.2.3", "10.0.0.0", 8));
  CHECK_FALSE(in("11.1.2.3", "10.0.0.0", 8));
  CHECK(in("10.127.0.1", "10.64.0.0", 10));
  CHECK_FALSE(in("10.128.0.1", "10.64.0.0", 10));
  CHECK(in("192.0.2.1", "192.0.2.1", 32));
  CHECK_FALSE(in("192.0.2.0", "192.0.2.1", 32));
  CHECK(in("1.2.3.4", "0.0.0.0", 0));
  CHECK(in("::ffff:10.1.2.3", "10.0.0.0", 8));
  CHECK_FALSE(in("10.1.2.3", "::", 0));
  CHECK(in("2001:db8::5", "2001:db8::", 32));
}

}  // namespace sockutils::test::value_names_test
