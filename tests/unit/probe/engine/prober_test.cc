#include "probe/engine/prober.h"

#include "support/catch.h"
#include "unit/probe/fake_network.h"

namespace sockutils::test::prober_test {
namespace {

using std::chrono::milliseconds;

const Address Server = Address::v4({192, 0, 2, 1});

std::vector<ProbePort> tcp_ports(std::uint16_t count) {
  std::vector<ProbePort> ports;
  for (std::uint16_t port = 1; port <= count; ++port) ports.push_back({Protocol::Tcp, port});
  return ports;
}

struct Run {
  std::vector<ProbeResult> results;
  std::vector<Warning> warnings;

  std::size_t count(PortState state) const {
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(), [=](const auto& r) { return r.state == state; }));
  }
};

Run probe_all(FakeNetwork& network, const std::vector<ProbePort>& ports, ProbeOptions options = {}) {
  options.identify = false;
  const std::vector<ProbeHost> hosts{{.host = "server", .address = Server}};
  Run run;
  const ProbeSink sink = [&](ProbeResult&& result) {
    run.results.push_back(std::move(result));
    return true;
  };
  run.warnings = probe::Prober({hosts, ports, options, sink}, network).run().warnings;
  return run;
}

TEST_CASE("no open port is lost on a slow line that loses five of a hundred packets each way") {
  for (const unsigned seed : {1u, 2u, 3u}) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<> chance(0, 1);
    FakeNetwork network([&](const FarEnd& end) -> std::optional<FakeNetwork::Reply> {
      if (chance(random) < 0.05 || chance(random) < 0.05) return std::nullopt;
      const milliseconds delay(150 + static_cast<int>(100 * chance(random)));
      return FakeNetwork::Reply{delay, {end.port % 3 == 0 ? 0 : ECONNREFUSED, {}}};
    });
    const Run run = probe_all(network, tcp_ports(3000));
    CHECK(run.count(PortState::Open) == 1000);
    CHECK(run.count(PortState::Closed) == 2000);
    CHECK(network.all_closed());
  }
}

TEST_CASE("among silent ports none that is open is lost, once there are answers to judge the line by") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<> chance(0, 1);
    FakeNetwork network([&](const FarEnd& end) -> std::optional<FakeNetwork::Reply> {
      if (end.port % 50 != 0 || chance(random) < 0.05 || chance(random) < 0.05) return std::nullopt;
      return FakeNetwork::Reply{milliseconds(40 + static_cast<int>(10 * chance(random))), {0, {}}};
    });
    const Run run = probe_all(network, tcp_ports(2000));
    INFO("seed " << seed);
    CHECK(run.count(PortState::Open) == 40);
    CHECK(run.count(PortState::Filtered) == 1960);
  }
}

TEST_CASE("how far a run has come grows to the whole, with silent ports too") {
  FakeNetwork network([](const FarEnd& end) -> std::optional<FakeNetwork::Reply> {
    if (end.port % 2 != 0) return std::nullopt;
    return FakeNetwork::Reply{milliseconds(20), {0, {}}};
  });
  std::vector<ProbeProgress> told;
  ProbeOptions options;
  options.progress = [&](const ProbeProgress& progress) { told.push_back(progress); };
  probe_all(network, tcp_ports(1000), options);
  REQUIRE(told.size() > 5);
  for (std::size_t i = 1; i < told.size(); ++i) {
    CHECK(told[i].done >= 0);
    CHECK(told[i].done <= 1);
    // What is asked again is on its way, and no more than that is taken back.
    CHECK(told[i].done > told[i - 1].done - 0.5);
    CHECK(told[i].asked >= told[i - 1].asked);
  }
  CHECK(told.back().ports == 1000);
  CHECK(told.back().open == 500);
  CHECK(told.back().done > 0.6);
}

TEST_CASE("a silent port is tried three times, each time with more patience") {
  FakeNetwork network([](const FarEnd&) { return std::nullopt; });
  const Run run = probe_all(network, tcp_ports(1));
  REQUIRE(run.results.size() == 1);
  CHECK(run.results[0].state == PortState::Filtered);
  CHECK(run.results[0].reason == "no answer in 7 s, 3 tries");
  CHECK(network.attempts == 3);
}

TEST_CASE("time-out and retries are those that were asked for") {
  FakeNetwork network([](const FarEnd&) { return std::nullopt; });
  const Run run = probe_all(network, tcp_ports(1), {.timeout = milliseconds(500), .retries = 0});
  CHECK(run.results.at(0).reason == "no answer in 0.5 s, 1 try");
  CHECK(network.attempts == 1);
}

TEST_CASE("what this machine lacked for a moment is asked for again, and counts as nothing") {
  FakeNetwork network([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(1), {ECONNREFUSED, {}}}; });
  network.refusals = {EMFILE, EMFILE, EADDRNOTAVAIL};
  const Run run = probe_all(network, tcp_ports(5));
  CHECK(run.count(PortState::Closed) == 5);
  CHECK(run.warnings.empty());
}

TEST_CASE("what this machine lacks for good is not measured, and never closed") {
  FakeNetwork network([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(1), {EADDRNOTAVAIL, {}}}; });
  const Run run = probe_all(network, tcp_ports(5));
  CHECK(run.count(PortState::NotMeasured) == 5);
  REQUIRE(run.warnings.size() == 1);
  CHECK(run.warnings[0].kind == Warning::Kind::ProbesMissing);
}

TEST_CASE("no more sockets are open than descriptors are left, or were asked for") {
  FakeNetwork network([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(50), {0, {}}}; });
  network.descriptors = 30;
  CHECK(probe_all(network, tcp_ports(500)).count(PortState::Open) == 500);
  CHECK(network.most_open <= 30);

  FakeNetwork patient([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(50), {0, {}}}; });
  CHECK(probe_all(patient, tcp_ports(100), {.parallel = 3}).count(PortState::Open) == 100);
  CHECK(patient.most_open <= 3);
}

TEST_CASE("no more is sent in a second than the rate allows") {
  FakeNetwork network([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(1), {0, {}}}; });
  const auto begin = network.now();
  probe_all(network, tcp_ports(101), {.rate = 50});
  CHECK(network.now() - begin >= std::chrono::seconds(2));
  CHECK(network.now() - begin < std::chrono::seconds(3));
}

TEST_CASE("a run ends when its results are no longer wanted") {
  FakeNetwork network([](const FarEnd&) { return FakeNetwork::Reply{milliseconds(1), {0, {}}}; });
  const std::vector<ProbeHost> hosts{{.host = "server", .address = Server}};
  const std::vector<ProbePort> ports = tcp_ports(1000);
  const ProbeOptions options{.identify = false};
  std::size_t results = 0;
  const ProbeSink sink = [&](const ProbeResult&) { return ++results < 5; };
  probe::Prober({hosts, ports, options, sink}, network).run();
  CHECK(results == 5);
  CHECK(network.all_closed());
}

}  // namespace
}  // namespace sockutils::test::prober_test
