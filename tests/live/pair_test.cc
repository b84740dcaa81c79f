// Both ends of a way, and what stands on it: a client, a router and a server in namespaces of their own.

#include <netinet/in.h>

#include <algorithm>
#include <optional>

#include "sockutils/version.h"
#include "sockutils/via.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/pair_way.h"
#include "support/server.h"
#include "support/sockets.h"

namespace sockutils::test::pair_test {
namespace {

using namespace pair_way;
using Changes = std::vector<std::string>;

TEST_CASE("ports that pass are open both ways, with hops, options, loss and path MTU as they are") {
  REQUIRE_PAIR();
  const Way way;
  RunningServer server(control_options(), way.at_server());
  PairOptions options = asking({tcp(7100), udp(7100)});
  options.to_client = true;
  options.path_mtu = true;
  options.dscp = 46;
  const auto results = way.ask(options);
  REQUIRE(results.size() == 4);
  for (const PairResult& result : results) {
    check_verdict(result, PairVerdict::Open);
    CHECK(result.data);
    CHECK(result.hops_there == 1);
    CHECK(result.dscp_seen == 46);
    CHECK(result.round_trip);
    if (result.port.protocol == Protocol::Tcp) {
      REQUIRE(result.syn);
      CHECK(result.syn->mss == 1460);
      CHECK(result.handshake);
    } else {
      CHECK(result.there == TrainFacts{20, 20, 0, 0, result.there->variation});
      CHECK(result.back == TrainFacts{20, 20, 0, 0, result.back->variation});
      CHECK(result.path_mtu == 1500);
      CHECK(result.ecn_survives == true);
    }
  }
  CHECK(server.count(ServerEvent::Kind::Session, "laptop") == 1);
}

TEST_CASE("a NAT is told by the source that the server saw") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router("chain c { type nat hook postrouting priority srcnat; oifname r1 masquerade; }");
  RunningServer server(control_options(), way.at_server());
  const auto results = way.ask(asking({tcp(7100), udp(7100)}));
  REQUIRE(results.size() == 2);
  for (const PairResult& result : results) {
    check_verdict(result, PairVerdict::NatRewritten);
    CHECK(result.sent_from == Address::v4({10, 1, 0, 1}));
    CHECK(result.seen_from == Address::v4({10, 2, 0, 1}));
  }
}

TEST_CASE("what is dropped is told from which way it was going") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; "
      "iifname r0 tcp dport 7101 drop; iifname r0 udp dport 7101 drop; "
      "iifname r1 tcp sport 7102 drop; iifname r1 udp sport 7102 drop; "
      "iifname r0 tcp dport 7103 reject with icmp type admin-prohibited; }");
  RunningServer server(control_options(), way.at_server());
  const auto results =
      way.ask(asking({tcp(7101), udp(7101), tcp(7102), udp(7102), tcp(7103), tcp(7104), udp(7104)}));
  REQUIRE(results.size() == 7);
  check_verdict(results[0], PairVerdict::BlockedThere);
  check_verdict(results[1], PairVerdict::BlockedThere);
  check_verdict(results[2], PairVerdict::BlockedBack);
  check_verdict(results[3], PairVerdict::BlockedBack);
  check_verdict(results[4], PairVerdict::BlockedThere);
  CHECK(results[4].reason == "admin-prohibited from 10.1.0.2");
  check_verdict(results[5], PairVerdict::Open);
  check_verdict(results[6], PairVerdict::Open);
}

TEST_CASE("a firewall that lets only the handshake pass is found out, and which way it drops") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; "
      "iifname r0 tcp dport 7101 ip length > 100 drop; iifname r1 tcp sport 7102 ip length > 100 drop; }");
  RunningServer server(control_options(), way.at_server());
  const auto results = way.ask(asking({tcp(7101), tcp(7102)}));
  REQUIRE(results.size() == 2);
  for (const PairResult& result : results) {
    CHECK(result.handshake);
    CHECK_FALSE(result.data);
  }
  check_verdict(results[0], PairVerdict::BlockedThere);
  check_verdict(results[1], PairVerdict::BlockedBack);
}

TEST_CASE("a DSCP mark that is stripped, an MSS that is clamped and ECN that is bleached are told") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; "
      "tcp flags syn tcp option maxseg size set 1360; ip dscp set cs0; udp dport 7100 ip ecn set not-ect; }");
  RunningServer server(control_options(), way.at_server());
  PairOptions options = asking({tcp(7100), udp(7100)});
  options.dscp = 46;
  const auto results = way.ask(options);
  REQUIRE(results.size() == 2);
  for (const PairResult& result : results) check_verdict(result, PairVerdict::Altered);
  CHECK(results[0].changes == Changes{"dscp 46 -> 0", "mss 1460 -> 1360"});
  CHECK(results[1].changes == Changes{"dscp 46 -> 0", "ecn 2 -> 0"});
}

TEST_CASE("a narrow place on the way is the path MTU, also where its router says nothing") {
  REQUIRE_PAIR();
  const Way way;
  way.run_at_router("ip link set r1 mtu 1400");
  RunningServer server(control_options(), way.at_server());
  PairOptions options = asking({udp(7100)});
  options.path_mtu = true;
  options.timeout = std::chrono::milliseconds(500);
  CHECK(way.ask(options).at(0).path_mtu == 1400);
  way.at_router("chain c { type filter hook forward priority 0; udp dport 7100 ip length > 1350 drop; }");
  CHECK(way.ask(options).at(0).path_mtu == 1350);
}

TEST_CASE("loss is counted on the way on which it happens") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; "
      "udp dport 7101 numgen inc mod 4 == 0 drop; udp sport 7102 numgen inc mod 5 == 0 drop; }");
  RunningServer server(control_options(), way.at_server());
  const auto results = way.ask(asking({udp(7101), udp(7102)}));
  REQUIRE(results.size() == 2);
  CHECK(results[0].there->received == 15);
  CHECK(results[0].back->received == 15);
  CHECK(results[1].there->received == 20);
  CHECK(results[1].back->received == 16);
  CHECK(results[1].reason == "0 of 20 lost on the way there, 4 of 20 on the way back");
}

TEST_CASE("a blocked direction is open the other way round") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; ct state established,related accept; "
      "iifname r1 drop; }");
  RunningServer server(control_options(), way.at_server());
  PairOptions options = asking({tcp(7100), udp(7100)});
  options.to_client = true;
  const auto results = way.ask(options);
  REQUIRE(results.size() == 4);
  for (const PairResult& result : results)
    check_verdict(
        result, result.direction == PairDirection::ToServer ? PairVerdict::Open : PairVerdict::BlockedThere);
}

TEST_CASE("a server that is confined serves as before, and knows which way is blocked") {
  REQUIRE_PAIR();
  const Way way;
  way.at_router("chain c { type filter hook forward priority 0; iifname r1 tcp sport 7102 drop; }");
  const ConfinedServer server(way.server_pid(), control_options());
  PairOptions options = asking({tcp(7101), udp(7101), tcp(7102)});
  options.to_client = true;
  const auto results = way.ask(options);
  REQUIRE(results.size() == 6);
  check_verdict(results[0], PairVerdict::Open);
  check_verdict(results[1], PairVerdict::Open);
  check_verdict(results[2], PairVerdict::BlockedBack);
  for (std::size_t i = 3; i < 6; ++i) check_verdict(results[i], PairVerdict::Open);
}

/// Over loopback, in the namespace of the tests.
Result<std::vector<PairResult>> ask_here(PairOptions options) {
  options.server = Address::v4({127, 0, 0, 1});
  std::vector<PairResult> results;
  auto asked = probe_via(options, [&](PairResult&& result) {
    results.push_back(std::move(result));
    return true;
  });
  if (!asked) return tl::unexpected(asked.error());
  return results;
}

ServerOptions local_control(std::vector<PairKey> keys) {
  ServerOptions options;
  options.control.enabled = true;
  options.control.port = 0;
  options.control.trust.keys = std::move(keys);
  options.addresses = {Address::v4({127, 0, 0, 1})};
  return options;
}

TEST_CASE("on loopback no key is needed, and two clients are served at once") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(local_control({}));
  PairOptions options;
  options.port = server.port("control");
  options.ports = {tcp(7201), udp(7201)};
  Result<std::vector<PairResult>> other;
  std::thread second([&] {
    PairOptions others = options;
    others.ports = {tcp(7202), udp(7202)};
    other = ask_here(others);
  });
  const auto results = ask_here(options);
  second.join();
  REQUIRE(results);
  REQUIRE(other);
  for (const PairResult& result : *results) check_verdict(result, PairVerdict::Open);
  for (const PairResult& result : *other) check_verdict(result, PairVerdict::Open);
}

TEST_CASE("ports that are taken, or not allowed, are not opened, and said to be so") {
  REQUIRE_PRIVATE_NETWORK();
  ServerOptions served = local_control({});
  served.control.allowed_ports = {{7200, 7300}};
  RunningServer server(served);
  const UniqueFd taken = make_socket(AF_INET, SOCK_STREAM);
  bind_to(taken, SocketAddress::v4("127.0.0.1", 7203));
  listen_on(taken, 1);
  PairOptions options;
  options.port = server.port("control");
  options.ports = {tcp(7203), tcp(80), tcp(7301), tcp(7204)};
  const auto results = ask_here(options);
  REQUIRE(results);
  REQUIRE(results->size() == 4);
  CHECK((*results)[0].reason == "the port is taken at the server");
  CHECK((*results)[1].reason == "the server's policy does not allow that port");
  CHECK((*results)[2].reason == "the server's policy does not allow that port");
  check_verdict((*results)[3], PairVerdict::Open);
}

TEST_CASE("a wrong key, a key that was revoked and no key at all are refused") {
  REQUIRE_PRIVATE_NETWORK();
  if (!has_keys()) SKIP_OUT_LOUD("keys need TLS: not in this build");
  RunningServer server(local_control({Key, {"phone", std::string(32, 'p')}}));
  PairOptions options = asking({tcp(7205)});
  options.port = server.port("control");
  CHECK(ask_here(options));
  options.trust.keys = {{"laptop", std::string(32, 'x')}};
  CHECK_FALSE(ask_here(options));
  options.trust.keys = {{"stranger", std::string(32, 'k')}};
  CHECK_FALSE(ask_here(options));
  options.trust = {};
  CHECK_FALSE(ask_here(options));
  options.trust.keys = {{"phone", std::string(32, 'p')}};
  CHECK(ask_here(options));
  REQUIRE(server.reload(local_control({Key})));
  CHECK_FALSE(ask_here(options));
  options.trust.keys = {Key};
  options.port = server.port("control");
  CHECK(ask_here(options));
  options.server = Address::v4({192, 0, 2, 1});
}

TEST_CASE("without a key no server beyond loopback is asked, and none listens there") {
  REQUIRE_PRIVATE_NETWORK();
  PairOptions options;
  options.server = Address::v4({192, 0, 2, 1});
  options.ports = {tcp(7206)};
  const auto asked = probe_via(options, [](PairResult&&) { return true; });
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == EACCES);
  ServerOptions served = local_control({});
  served.addresses = {Address::v4({0, 0, 0, 0})};
  RunningServer server(served);
  CHECK(server.server().ports().empty());
  CHECK(server.count(ServerEvent::Kind::Warning,
                     "no control port here: without a key it is on loopback alone") == 1);
}

TEST_CASE("garbage, silence and another version at the control port hurt nobody") {
  REQUIRE_PRIVATE_NETWORK();
  RunningServer server(local_control({}));
  const std::uint16_t port = server.port("control");
  std::vector<UniqueFd> strangers;
  const std::string other_version =
      std::string("\x15\x00\x00", 3) + "sockutils pair" + std::string("\x09\x00\x00\x00\x00\x00", 6);
  for (const std::string& words : {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(10'000, '\xff'),
                                   std::string(), std::string("\0\0", 2), other_version}) {
    strangers.push_back(make_socket(AF_INET, SOCK_STREAM));
    connect_to(strangers.back(), SocketAddress::v4("127.0.0.1", port));
    if (!words.empty()) send_text(strangers.back(), words);
  }
  PairOptions options;
  options.port = port;
  options.ports = {tcp(7207)};
  CHECK(ask_here(options));
  CHECK(eventually([&] {
    return server.count(ServerEvent::Kind::Refused, "this server speaks version 1, the client 9") == 1;
  }));
}

TEST_CASE("a server of another version is not asked, and it is said which two do not go together") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 5);
  std::thread server([&] {
    const UniqueFd client = accept_from(listener);
    send_text(client,
              std::string("\x15\x00\x00", 3) + "sockutils pair" + std::string("\x09\x00\x00\x00\x00\x00", 6));
    char byte = 0;
    while (::recv(client.get(), &byte, 1, 0) > 0) continue;
  });
  PairOptions options;
  options.port = SocketAddress::local_of(listener.get()).port();
  options.ports = {tcp(7208)};
  const auto asked = ask_here(options);
  server.join();
  REQUIRE_FALSE(asked);
  CHECK(asked.error().message().find("this program speaks version 1, the server 9") != std::string::npos);
}

}  // namespace
}  // namespace sockutils::test::pair_test
