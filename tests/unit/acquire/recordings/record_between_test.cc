// What happened between two snapshots: as it is written, read, cut and lengthened, and told.
#include "acquire/recordings/record_between.h"

#include <netinet/in.h>

#include "acquire/recordings/recording_format.h"
#include "common/wire.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"

namespace sockutils::test::record_between_test {
namespace {

using record::Tag;
using std::chrono::steady_clock;

constexpr steady_clock::time_point Now(std::chrono::seconds(100));

std::string destroyed(std::uint16_t port, std::uint32_t cookie) {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 7;
  message.id.idiag_sport = htons(port);
  message.id.idiag_cookie[0] = cookie;
  const std::string payload =
      bytes_of(message) + attribute(INET_DIAG_PROTOCOL, bytes_of(std::uint8_t{IPPROTO_TCP}));
  return netlink_message(SOCK_DIAG_BY_FAMILY, 0, 0, payload, 0);
}

TrafficFlow flow() {
  TrafficFlow flow;
  flow.outgoing = true;
  flow.many_peers = true;
  flow.own = false;
  flow.protocol = IPPROTO_UDP;
  flow.interface = 7;
  flow.local = *Address::parse("192.0.2.1");
  flow.peer = *Address::parse("2001:db8::9");
  flow.local_port = 53;
  flow.peer_port = 4000;
  flow.packets = 3;
  flow.bytes = 1'000'000'000'000;
  flow.wire_bytes = 1'000'000'000'126;
  return flow;
}

std::string closings() {
  HeardClosings heard;
  heard.lost = true;
  heard.refusal = "why";
  heard.messages = {{Now - std::chrono::milliseconds(300), destroyed(80, 5)},
                    {Now - std::chrono::milliseconds(100), destroyed(81, 6)},
                    {Now + std::chrono::milliseconds(1), "no message at all"}};
  return record::closings_payload(heard, Now);
}

std::string packets() {
  CountedPackets counted;
  counted.traffic.flows = {flow(), TrafficFlow{}};
  counted.traffic.lost = 4;
  counted.traffic.unclear = 5;
  counted.traffic.without_tcp = true;
  counted.refusal = "not any more";
  return record::packets_payload(counted);
}

TEST_CASE("closings are read as they were written") {
  const std::string payload = closings();
  const auto read = record::parse_closings(payload);
  REQUIRE(read);
  CHECK(read->lost);
  CHECK(read->refusal == "why");
  REQUIRE(read->messages.size() == 3);
  CHECK(read->messages[0].ago == 300'000);
  CHECK(read->messages[1].datagram == destroyed(81, 6));
  CHECK(read->messages[2].ago == 0);
}

TEST_CASE("packets are read as they were written") {
  const auto read = record::parse_packets(packets());
  REQUIRE(read);
  CHECK(read->refusal == "not any more");
  CHECK(read->traffic.lost == 4);
  CHECK(read->traffic.unclear == 5);
  CHECK(read->traffic.without_tcp);
  REQUIRE(read->traffic.flows.size() == 2);
  const TrafficFlow& back = read->traffic.flows[0];
  CHECK(back.outgoing);
  CHECK_FALSE(back.to_many);
  CHECK(back.many_peers);
  CHECK_FALSE(back.own);
  CHECK(back.protocol == IPPROTO_UDP);
  CHECK(back.interface == 7);
  CHECK(back.local == flow().local);
  CHECK(back.peer == flow().peer);
  CHECK(back.local_port == 53);
  CHECK(back.peer_port == 4000);
  CHECK(back.packets == 3);
  CHECK(back.bytes == flow().bytes);
  CHECK(back.wire_bytes == flow().wire_bytes);
  CHECK(read->traffic.flows[1].own);
}

TEST_CASE("wherever it is cut it makes no sense, and what a later version adds is left out") {
  const std::string of_closings = closings();
  const std::string of_packets = packets();
  for (std::size_t length = 0; length < of_closings.size(); ++length)
    CHECK_FALSE(record::parse_closings(of_closings.substr(0, length)));
  for (std::size_t length = 0; length < of_packets.size(); ++length)
    CHECK_FALSE(record::parse_packets(of_packets.substr(0, length)));
  CHECK(record::parse_closings(of_closings + "more"));
  CHECK(record::parse_packets(of_packets + "more"));
}

void append_fact(std::string& out, FactKind question, std::string_view subject, std::string_view value) {
  std::string fact(1, static_cast<char>(question));
  append_wire_text(fact, subject);
  append_wire(fact, std::uint32_t{0});
  record::append_section(out, Tag::Fact, fact += value);
}

/// A snapshot of 100 seconds since 1970, in which the namespace that it began in has the number 9.
std::shared_ptr<const Recording> recording() {
  std::string bytes = record::header();
  std::string times;
  append_wire(times, std::uint64_t{100'000'000});
  append_wire(times, std::uint64_t{100'000'000});
  record::append_section(bytes, Tag::Snapshot, times);
  append_fact(bytes, FactKind::Kind, "tcp (IPv4)", {});
  std::string number;
  append_wire(number, std::uint64_t{9});
  append_fact(bytes, FactKind::RecordedNamespace, {}, number + "here");
  record::append_section(bytes, Tag::Closings, closings());
  record::append_section(bytes, Tag::Packets, packets());
  std::string count;
  append_wire(count, std::uint32_t{5});
  record::append_section(bytes, Tag::End, count);
  auto parsed = Recording::parse(bytes, "FILE");
  REQUIRE(parsed);
  return *parsed;
}

std::vector<std::string> told(std::string_view filter) {
  Query query;
  query.recording = recording();
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  for (const char* const name : {"local_port", "cookie", "netns", "netns_name"})
    query.fields.push_back(find_field(name));
  query.filter = Filter::parse(filter, {}).value();
  std::vector<std::string> told;
  REQUIRE(list_closings(query, [&](const Event& event) {
    CHECK(event.kind == EventKind::Closed);
    CHECK(event.from_kernel);
    std::string text = std::to_string(event.time.time_since_epoch() / std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < query.fields.size(); ++i) {
      text += ' ';
      if (event.values[i]) append_value(text, *event.values[i], query.fields[i]->type, Style::Human);
    }
    told.push_back(text);
    return true;
  }));
  return told;
}

TEST_CASE("closings of a recording are told with their time, ends and namespace") {
  CHECK(told("") == std::vector<std::string>{"99700 80 8589934597 9 here", "99900 81 8589934598 9 here"});
  CHECK(told("local_port = 81") == std::vector<std::string>{"99900 81 8589934598 9 here"});
  CHECK(told("family = inet6").empty());
}

TEST_CASE("a recording says what happened before its snapshot, and of which namespaces it is") {
  const auto between = recording()->between();
  REQUIRE(between.size() == 1);
  REQUIRE(between[0].where);
  CHECK(between[0].where->inode == 9);
  CHECK(between[0].where->name == "here");
  REQUIRE(between[0].closings);
  CHECK(between[0].closings->messages[0].time == Now - std::chrono::milliseconds(300));
  REQUIRE(between[0].packets);
  CHECK(between[0].packets->traffic.flows.size() == 2);
  CHECK(recording()->namespaces().size() == 1);
  CHECK(recording()->between(1).empty());
  CHECK(recording()->namespaces(1).empty());
}

TEST_CASE("without a recording, or beyond its end, no closings are told") {
  const auto ignore = [](const Event&) { return true; };
  Query query;
  CHECK_FALSE(list_closings(query, ignore));
  query.recording = recording();
  CHECK(list_closings(query, ignore));
  query.snapshot = 1;
  CHECK_FALSE(list_closings(query, ignore));
}

}  // namespace
}  // namespace sockutils::test::record_between_test
