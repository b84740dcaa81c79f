#include "tui/collect/packet_counter.h"

#include <netinet/in.h>

#include "support/catch.h"
#include "tests/tui/sample.h"

namespace tui::test::packet_counter_test {
namespace {

using sockutils::Family;
using sockutils::Protocol;
using sockutils::TrafficFlow;

SampleSocket udp(std::uint64_t cookie, std::uint16_t port) {
  SampleSocket socket(cookie);
  socket.set("protocol", Protocol::Udp).state(sockutils::State::Unconnected).local(v4(1), port);
  return socket;
}

TrafficFlow flow(bool out, std::uint16_t port, std::uint64_t bytes) {
  TrafficFlow flow;
  flow.outgoing = out;
  flow.protocol = IPPROTO_UDP;
  flow.local = v4(1);
  flow.peer = v4(9);
  flow.local_port = port;
  flow.peer_port = 4000;
  flow.bytes = bytes;
  flow.wire_bytes = bytes + 42;
  return flow;
}

FlowAttribution claims_of(std::uint64_t cookie, std::uint16_t port) {
  BoundSocket socket;
  socket.key = {cookie, key_group(IdentityKind::Cookie, Family::Inet, 0)};
  socket.family = Family::Inet;
  socket.protocol = Protocol::Udp;
  socket.local_address = v4(1);
  socket.local_port = port;
  return FlowAttribution({socket});
}

TEST_CASE("a socket without counters has the bytes of its packets, over the time between two looks") {
  SampleBook book;
  (*book).set_counting(true);
  const SampleSocket socket = udp(5, 53);
  book.look({socket});
  PacketAccount account;
  const FlowAttribution claims = claims_of(5, 53);
  account_for({flow(false, 53, 3000), flow(true, 53, 1000)}, &claims, *book, account);
  Frame frame = book.look({socket}, 2s);
  CHECK(row_of(frame, 5)->rates.bytes_in == 1500.0F);
  CHECK(row_of(frame, 5)->rates.bytes_out == 500.0F);
  CHECK(frame.totals.change.bytes_in == 3000u);
  CHECK(account.claimed.in == 3042);
  CHECK(account.unclaimed.in == 0);
  frame = book.look({socket});
  CHECK(row_of(frame, 5)->rates.bytes_in == 0.0F);
}

TEST_CASE("a closed socket has all that its packets carried, and those that come late too") {
  SampleBook book;
  (*book).set_counting(true);
  book.look({udp(5, 53)});
  PacketAccount account;
  const FlowAttribution claims = claims_of(5, 53);
  account_for({flow(false, 53, 3000)}, &claims, *book, account);
  book.look({udp(5, 53)});
  book.tell(sockutils::EventKind::Closed, udp(5, 53).state(sockutils::State::Closed), 1s);
  REQUIRE((*book).closed_sockets().size() == 1);
  CHECK((*book).closed_sockets().front().closed);
  account_for({flow(false, 53, 1000)}, &claims, *book, account);
  const Frame frame = book.look({});
  CHECK(text_of(*frame.sockets, *row_of(frame, 5), "in_rate") == "3.9K");
  CHECK(frame.totals.change.bytes_in == 1000u);
}

TEST_CASE("when packets are no longer counted, there are no rates") {
  SampleBook book;
  (*book).set_counting(true);
  book.look({udp(5, 53)});
  CHECK(row_of(book.look({udp(5, 53)}), 5)->rates.bytes_in.has_value());
  (*book).set_counting(false);
  const Frame frame = book.look({udp(5, 53)});
  CHECK_FALSE(row_of(frame, 5)->rates.bytes_in.has_value());
  CHECK(text_of(*frame.sockets, *row_of(frame, 5), "in_rate") == "-");
}

TEST_CASE("what no socket claims is forwarded, or of this machine and nobody's") {
  SampleBook book;
  PacketAccount account;
  const FlowAttribution claims = claims_of(5, 53);
  TrafficFlow others = flow(false, 80, 100);
  others.own = false;
  TrafficFlow tcp = others;
  tcp.protocol = IPPROTO_TCP;
  account_for({others, tcp, flow(true, 999, 10)}, &claims, *book, account);
  CHECK(account.forwarded.in == 2 * 142);
  CHECK(account.unclaimed.out == 52);
  CHECK(account.claimed.in == 0);
}

TEST_CASE("TCP of this machine is left to its counters, and without claims nothing is said of sockets") {
  SampleBook book;
  PacketAccount account;
  TrafficFlow tcp = flow(false, 80, 100);
  tcp.protocol = IPPROTO_TCP;
  account_for({tcp, flow(false, 53, 100)}, nullptr, *book, account);
  CHECK(account.claimed.in + account.unclaimed.in + account.forwarded.in + account.ambiguous.in == 0);
}

TEST_CASE("kinds without counters are those of the internet but TCP") {
  const auto all = kinds_without_counters({});
  CHECK_FALSE(all.empty());
  for (const auto& kind : all) CHECK(is_counted_by_packets(kind.family, *kind.protocol));
  CHECK(kinds_without_counters({{Family::Inet, Protocol::Tcp}, {Family::Unix, std::nullopt}}).empty());
  CHECK(kinds_without_counters({{Family::Inet, Protocol::Udp}}).size() == 1);
}

}  // namespace
}  // namespace tui::test::packet_counter_test
