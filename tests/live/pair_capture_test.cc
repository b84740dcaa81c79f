// The server's packets of a test, for the client that asked for it.

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include "common/new_file.h"
#include "sockutils/count.h"
#include "support/capture_file.h"
#include "support/pair_way.h"
#include "support/sockets.h"

namespace sockutils::test::pair_capture_test {
namespace {

using namespace pair_way;

#define REQUIRE_SERVER_CAPTURE() \
  REQUIRE_PAIR();                \
  if (!has_capture()) SKIP_OUT_LOUD("built without libpcap")

ServerOptions capturing_options() {
  ServerOptions options = control_options();
  options.control.allow_capture = true;
  return options;
}

PairOptions with_packets(std::vector<ProbePort> ports) {
  PairOptions options = asking(std::move(ports));
  options.server_packets = true;
  return options;
}

std::vector<CapturedPacket> packets_of(const PairReport& report) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/server.pcap";
  REQUIRE(report.server_packets);
  REQUIRE(replace_file(path, *report.server_packets));
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(packets->size() == report.server_packet_count);
  return *packets;
}

template <class Is>
std::ptrdiff_t count(const std::vector<CapturedPacket>& packets, const Is& is) {
  return std::count_if(packets.begin(), packets.end(), is);
}

TEST_CASE("the server's packets show what arrived there, and which answers did not come back") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  way.at_router(
      "chain c { type filter hook forward priority 0; "
      "iifname r0 tcp dport 7100 drop; iifname r1 tcp sport 7101 drop; }");
  RunningServer server(capturing_options(), way.at_server());
  // What has nothing to do with the test passes the server meanwhile.
  in_network_of(way.server_pid(), [] {
    const UniqueFd other = make_socket(AF_INET, SOCK_DGRAM);
    connect_to(other, SocketAddress::v4("10.1.0.1", 7101));
    (void)::send(other.get(), "x", 1, 0);
  });
  PairReport report;
  PairOptions options = with_packets({tcp(7100), tcp(7101), udp(7102)});
  options.to_client = true;
  (void)way.ask(options, &report);
  CHECK(report.warnings.empty());
  const auto packets = packets_of(report);
  const auto syns = [&](const char* from, std::uint16_t port) {
    return count(packets,
                 [=](const auto& p) { return p.is_syn() && p.destination_port == port && p.source == from; });
  };
  CHECK(syns("10.1.0.1", 7100) == 0);
  CHECK(syns("10.1.0.1", 7101) >= 1);
  CHECK(count(packets, [](const auto& p) { return p.is_syn_ack() && p.source_port == 7101; }) >= 1);
  // The other way round the server is the one who asks.
  CHECK(syns("10.2.0.2", 7100) >= 1);
  CHECK(syns("10.2.0.2", 7101) >= 1);
  CHECK(count(packets, [](const auto& p) { return p.protocol == 17 && p.destination_port == 7102; }) >= 40);
  CHECK(count(packets, [](const auto& p) {
          return p.source_port == PairPort || p.destination_port == PairPort;
        }) == 0);
  // Only headers.
  CHECK(report.server_packets->find(std::string(200, '\0')) == std::string::npos);
}

TEST_CASE("a server that is confined, and has given up the right, captures for two clients at once") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  const ConfinedServer server(way.server_pid(), capturing_options());
  std::array<PairReport, 2> reports;
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      way.run_at_client([&, i] {
        PairOptions options = with_packets({tcp(static_cast<std::uint16_t>(7100 + i))});
        options.server = Address::v4({10, 2, 0, 2});
        const auto asked = probe_via(options, [](PairResult&&) { return true; });
        if (asked) reports[i] = *asked;
      });
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < 2; ++i) {
    const auto packets = packets_of(reports[i]);
    CHECK(count(packets, [](const auto& p) { return p.is_syn(); }) == 1);
    CHECK(count(packets, [=](const auto& p) {
            return p.source_port == 7100 + i || p.destination_port == 7100 + i;
          }) == static_cast<std::ptrdiff_t>(packets.size()));
  }
}

TEST_CASE("packets are captured for one client at a time, and another one is told so") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  RunningServer server(capturing_options(), way.at_server());
  PairReport first;
  PairReport second;
  PairOptions options = with_packets({udp(7100)});
  options.datagrams = 200;
  options.progress = [&, asked = false](const PairProgress& progress) mutable {
    if (asked || progress.ports == 0) return;
    asked = true;
    way.run_beside_server([&] {
      PairOptions other = with_packets({tcp(7200)});
      other.server = Address::v4({10, 2, 0, 2});
      const auto report = probe_via(other, [](PairResult&&) { return true; });
      if (report) second = *report;
    });
  };
  (void)way.ask(options, &first);
  CHECK(first.server_packets);
  CHECK_FALSE(second.server_packets);
  REQUIRE(second.warnings.size() == 1);
  CHECK(second.warnings[0].message.find("for another client; try again later") != std::string::npos);
}

TEST_CASE("a server keeps a megabyte of packets for a client, and says how many found no room") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  RunningServer server(capturing_options(), way.at_server());
  std::vector<ProbePort> ports;
  for (std::uint16_t port = 7100; port < 7164; ++port) ports.push_back(udp(port));
  PairOptions options = with_packets(std::move(ports));
  options.datagrams = 100;
  PairReport report;
  (void)way.ask(options, &report);
  REQUIRE(report.server_packets);
  CHECK(report.server_packets->size() <= 1u << 20);
  CHECK(report.server_packets->size() > (1u << 20) - 300);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].message.find("of the server's packets found no room there") != std::string::npos);
  (void)packets_of(report);
}

TEST_CASE("a server that does not allow it, or has no right to, says so, and the test goes on") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  PairReport report;
  {
    RunningServer server(control_options(), way.at_server());
    CHECK(way.ask(with_packets({tcp(7100)}), &report).size() == 1);
  }
  CHECK_FALSE(report.server_packets);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].kind == Warning::Kind::PacketsMissing);
  CHECK(report.warnings[0].message.find("the server does not allow it") != std::string::npos);
  RunningServer server(capturing_options(), [&](const std::function<void()>& body) {
    way.at_server()([&] {
      drop_capabilities_of_thread();
      body();
    });
  });
  CHECK(server.count(ServerEvent::Kind::Warning) >= 1);
  CHECK(way.ask(with_packets({tcp(7100)}), &report).size() == 1);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].message.find("the server cannot: ") != std::string::npos);
}

TEST_CASE("a reload takes the permission back, and gives it again") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  RunningServer server(capturing_options(), way.at_server());
  PairReport report;
  REQUIRE(server.reload(control_options()));
  (void)way.ask(with_packets({tcp(7100)}), &report);
  CHECK_FALSE(report.server_packets);
  REQUIRE(server.reload(capturing_options()));
  (void)way.ask(with_packets({tcp(7100)}), &report);
  CHECK(report.server_packets);
}

TEST_CASE("the run of a pair can be ended, and what is known by then is handed on") {
  REQUIRE_SERVER_CAPTURE();
  const Way way;
  RunningServer server(capturing_options(), way.at_server());
  const UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  PairOptions options = with_packets({udp(7100)});
  options.datagrams = 1000;
  options.stop_fd = stop.get();
  options.progress = [&](const PairProgress& progress) {
    if (progress.ports > 0) checked(::eventfd_write(stop.get(), 1), "eventfd_write");
  };
  PairReport report;
  CHECK(way.ask(options, &report).empty());
  CHECK(report.stopped);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].message == "the server's packets are missing: the run was ended before");
}

}  // namespace
}  // namespace sockutils::test::pair_capture_test
