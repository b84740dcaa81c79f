#include "probe/via/compare.h"

#include "probe/via/target.h"
#include "support/catch.h"

namespace sockutils::test::compare_test {
namespace {

using namespace probe;
using Changes = std::vector<std::string>;

Sockaddr end(std::string_view address, std::uint16_t port) { return {Address::parse(address).value(), port}; }

TriedPort connected() {
  TriedPort tried;
  tried.port = {Protocol::Tcp, 80};
  tried.local = end("10.0.0.2", 40'000);
  tried.ttl = 64;
  tried.tos = 46 << 2;
  tried.connected = true;
  tried.echoed = BytesToEcho;
  tried.mss = 1460;
  tried.timestamps = tried.sack = tried.window_scaling = true;
  return tried;
}

SeenPort visited() {
  SeenPort seen;
  seen.port = {Protocol::Tcp, 80};
  seen.accepted = 1;
  seen.bytes = BytesToEcho;
  seen.source = end("10.0.0.2", 40'000);
  seen.syn = SynFacts{62, 46 << 2, 1460, 7, true, true, false};
  return seen;
}

TriedPort datagrams_sent() {
  TriedPort tried;
  tried.port = {Protocol::Udp, 53};
  tried.local = end("10.0.0.2", 40'000);
  tried.ttl = 64;
  tried.sent = 20;
  tried.answers = {20, 17, 0, 0, std::chrono::microseconds(5)};
  tried.answer_ttl = 61;
  tried.path_mtu = 1400;
  return tried;
}

SeenPort datagrams_seen() {
  SeenPort seen;
  seen.port = {Protocol::Udp, 53};
  seen.source = end("10.0.0.2", 40'000);
  seen.train = {0, 19, 0, 0, {}};
  seen.ttl = 61;
  seen.tos = 0;
  seen.ecn_tos = 2;
  return seen;
}

PairResult compared(const TriedPort& tried, const SeenPort& seen) {
  return compare(PairDirection::ToServer, tried, seen);
}

TEST_CASE("a connection that arrives as it was sent is open") {
  const PairResult result = compared(connected(), visited());
  CHECK(result.verdict == PairVerdict::Open);
  CHECK(result.changes.empty());
  CHECK(result.handshake);
  CHECK(result.data);
  CHECK(result.hops_there == 2);
  CHECK(result.dscp_seen == 46);
}

TEST_CASE("another source is NAT, and is told with both ends") {
  SeenPort seen = visited();
  seen.source = end("192.0.2.1", 1024);
  const PairResult result = compared(connected(), seen);
  CHECK(result.verdict == PairVerdict::NatRewritten);
  CHECK(result.changes == Changes{"source 10.0.0.2:40000 -> 192.0.2.1:1024"});
  seen.source = end("10.0.0.2", 40'001);
  CHECK(compared(connected(), seen).verdict == PairVerdict::NatRewritten);
}

TEST_CASE("each thing that was altered in a SYN is named") {
  SeenPort seen = visited();
  seen.syn = SynFacts{62, 0, 1360, {}, false, false, false};
  const PairResult result = compared(connected(), seen);
  CHECK(result.verdict == PairVerdict::Altered);
  CHECK(result.changes == Changes{"dscp 46 -> 0", "mss 1460 -> 1360", "window scale removed",
                                  "timestamps removed", "sack removed"});
}

TEST_CASE("what this machine does not know of its own SYN is not compared") {
  TriedPort tried = connected();
  tried.mss.reset();
  tried.timestamps.reset();
  tried.sack.reset();
  tried.window_scaling.reset();
  CHECK(compared(tried, visited()).verdict == PairVerdict::Open);
}

TEST_CASE("without a connection it is the other end that knows which way is blocked") {
  TriedPort tried = connected();
  tried.connected = false;
  tried.echoed = 0;
  tried.error = "no answer in 2 s, 1 try";
  SeenPort nothing;
  nothing.port = tried.port;
  CHECK(compared(tried, nothing).verdict == PairVerdict::BlockedThere);
  SeenPort half = nothing;
  half.half_open = 1;
  CHECK(compared(tried, half).verdict == PairVerdict::BlockedBack);
  tried.error = "admin-prohibited";
  tried.error_from = Address::parse("10.0.0.1");
  CHECK(compared(tried, nothing).reason == "admin-prohibited from 10.0.0.1");
}

TEST_CASE("a connection that only shakes hands is blocked where its data is lost") {
  TriedPort tried = connected();
  tried.echoed = 0;
  SeenPort seen = visited();
  CHECK(compared(tried, seen).verdict == PairVerdict::BlockedBack);
  seen.bytes = 1460;
  const PairResult result = compared(tried, seen);
  CHECK(result.verdict == PairVerdict::BlockedThere);
  CHECK(result.handshake);
  CHECK(result.reason == "handshake only; of 4096 bytes 1460 arrived and 0 came back");
}

TEST_CASE("a connection that never came to the server was taken by somebody else") {
  SeenPort nothing;
  nothing.port = {Protocol::Tcp, 80};
  const PairResult result = compared(connected(), nothing);
  CHECK(result.verdict == PairVerdict::Altered);
  CHECK(result.changes == Changes{"answered by somebody else"});
  CHECK_FALSE(result.handshake);
}

TEST_CASE("datagrams are counted each way") {
  const PairResult result = compared(datagrams_sent(), datagrams_seen());
  CHECK(result.verdict == PairVerdict::Open);
  CHECK(result.there == TrainFacts{20, 19, 0, 0, {}});
  CHECK(result.back == TrainFacts{19, 17, 0, 0, std::chrono::microseconds(5)});
  CHECK(result.reason == "1 of 20 lost on the way there, 2 of 19 on the way back");
  CHECK(result.path_mtu == 1400);
  CHECK(result.ecn_survives == true);
  CHECK(result.hops_there == 3);
  CHECK(result.hops_back == 3);
}

TEST_CASE("datagrams that do not arrive, or whose answers do not, are blocked there or back") {
  TriedPort tried = datagrams_sent();
  tried.answers = {};
  CHECK(compared(tried, datagrams_seen()).verdict == PairVerdict::BlockedBack);
  SeenPort nothing;
  nothing.port = tried.port;
  CHECK(compared(tried, nothing).verdict == PairVerdict::BlockedThere);
}

TEST_CASE("ECN that is bleached is an alteration, congestion that is marked is none") {
  SeenPort seen = datagrams_seen();
  seen.ecn_tos = 0;
  CHECK(compared(datagrams_sent(), seen).changes == Changes{"ecn 2 -> 0"});
  seen.ecn_tos = 3;
  CHECK(compared(datagrams_sent(), seen).verdict == PairVerdict::Open);
}

}  // namespace
}  // namespace sockutils::test::compare_test
