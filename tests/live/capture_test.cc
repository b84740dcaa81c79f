// Packets of real interfaces: into files, and added up.
#include <netinet/in.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "sockutils/capture.h"
#include "sockutils/count.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::capture_test {
namespace {

using namespace std::chrono_literals;

#define REQUIRE_CAPTURE() \
  if (!has_capture()) SKIP_OUT_LOUD("built without libpcap")

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A UDP socket on loopback, and one that is connected to it.
struct Pair {
  explicit Pair(int family = AF_INET)
      : receiver(make_socket(family, SOCK_DGRAM)), sender(make_socket(family, SOCK_DGRAM)) {
    bind_to(receiver, loopback(family));
    port = SocketAddress::local_of(receiver.get()).port();
    connect_to(sender, loopback(family, port));
  }
  void send(std::size_t size, int times = 1) const {
    const std::string text(size, 'x');
    for (int i = 0; i < times; ++i) {
      REQUIRE(::send(sender.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(size));
      std::string buffer(size, ' ');
      REQUIRE(::recv(receiver.get(), buffer.data(), size, 0) == static_cast<ssize_t>(size));
    }
  }
  UniqueFd receiver;
  UniqueFd sender;
  std::uint16_t port = 0;
};

/// What was counted of a port until `wanted` bytes have come both ways, or much time is over.
struct Seen {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t lost = 0;
};
Seen seen_of(TrafficMeter& meter, std::uint16_t port, std::uint64_t wanted) {
  Seen seen;
  eventually([&] {
    const Traffic traffic = meter.take();
    seen.lost += traffic.lost;
    for (const TrafficFlow& flow : traffic.flows) {
      if (flow.local_port == port && !flow.outgoing) seen.in += flow.bytes;
      if (flow.peer_port == port && flow.outgoing) seen.out += flow.bytes;
    }
    return seen.in >= wanted && seen.out >= wanted;
  });
  return seen;
}

TEST_CASE("datagrams over loopback are counted once as they go out and once as they come in") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  for (const int family : {AF_INET, AF_INET6}) {
    const Pair pair(family);
    auto meter = TrafficMeter::start();
    REQUIRE(meter);
    pair.send(1000, 300);
    const Seen seen = seen_of(*meter, pair.port, 300'000);
    CHECK(seen.in == 300'000);
    CHECK(seen.out == 300'000);
    CHECK(seen.lost == 0);
  }
}

TEST_CASE("datagrams in fragments are counted whole") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  REQUIRE(run_with_rights("ip link set lo mtu 1300"));
  for (const int family : {AF_INET, AF_INET6}) {
    const Pair pair(family);
    auto meter = TrafficMeter::start();
    REQUIRE(meter);
    pair.send(9000, 10);
    const Seen seen = seen_of(*meter, pair.port, 90'000);
    CHECK(seen.in == 90'000);
    CHECK(seen.out == 90'000);
  }
  REQUIRE(run_with_rights("ip link set lo mtu 65536"));
}

TEST_CASE("TCP of this machine is left to its own counters") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const auto connection = make_tcp_connection();
  const Pair pair;
  auto meter = TrafficMeter::start();
  REQUIRE(meter);
  for (int i = 0; i < 100; ++i) send_text(connection.client, "hello");
  pair.send(10);
  bool tcp = false;
  bool udp = false;
  eventually([&] {
    for (const TrafficFlow& flow : meter->take().flows) {
      tcp = tcp || flow.protocol == IPPROTO_TCP;
      udp = udp || flow.local_port == pair.port;
    }
    return udp;
  });
  CHECK(udp);
  CHECK_FALSE(tcp);
}

TEST_CASE("a meter counts in the namespace that it is told") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const Child other([] { enter_new_network(); });
  const NetworkNamespace there{"/proc/" + std::to_string(other.pid()) + "/ns/net", 0, {}};
  auto meter = TrafficMeter::start(there);
  REQUIRE(meter);
  std::uint16_t port = 0;
  in_network_of(other.pid(), [&] {
    const Pair pair;
    port = pair.port;
    pair.send(100, 5);
  });
  CHECK(seen_of(*meter, port, 500).in == 500);
}

TEST_CASE("without the right to capture that is said") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  std::thread([] {
    drop_capabilities_of_thread();
    const auto meter = TrafficMeter::start();
    REQUIRE_FALSE(meter);
    CHECK(meter.error().code == EPERM);
    const auto recording = PacketRecording::start({}, "/dev/null");
    REQUIRE_FALSE(recording);
    CHECK(recording.error().code == EPERM);
  }).join();
}

TEST_CASE("packets go into a file that says what they are") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/packets.pcap";
  const Pair pair;
  const Pair other;
  auto recording =
      PacketRecording::start({.interface = "lo", .filter = "udp port " + std::to_string(pair.port)}, path);
  REQUIRE(recording);
  CHECK(::access(path.c_str(), F_OK) != 0);
  pair.send(100, 7);
  other.send(100, 9);
  const auto counts = recording->finish();
  REQUIRE(counts);
  // On loopback one interface shows each packet once: libpcap leaves out what goes out.
  CHECK(counts->written == 7);
  CHECK(counts->lost == 0);
  const std::string bytes = content_of(path);
  REQUIRE(bytes.size() == 24 + 7 * (16 + 14 + 28 + 100));
  const std::string_view magic("\x4d\x3c\xb2\xa1", 4);
  CHECK((bytes.substr(0, 4) == magic || bytes.substr(0, 4) == std::string(magic.rbegin(), magic.rend())));
}

TEST_CASE("what is wrong with a capture is said, and leaves no file") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/packets.pcap";
  const auto filter = PacketRecording::start({.filter = "udp prot 5"}, path);
  REQUIRE_FALSE(filter);
  CHECK(filter.error().code == EINVAL);
  CHECK_FALSE(filter.error().detail.empty());
  const auto interface = PacketRecording::start({.interface = "nosuch0"}, path);
  REQUIRE_FALSE(interface);
  CHECK(interface.error().code == ENODEV);
  { const auto given_up = PacketRecording::start({}, path); }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("an interface that goes away ends a capture on it, and that on all goes on") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  REQUIRE(run_with_rights("ip link add goes type veth peer name stays && ip link set goes up"));
  auto recording = PacketRecording::start({.interface = "goes"}, folder.path() + "/goes.pcap");
  auto meter = TrafficMeter::start();
  REQUIRE(recording);
  REQUIRE(meter);
  REQUIRE(run_with_rights("ip link del goes"));
  // Until its thread has noticed.
  std::this_thread::sleep_for(100ms);
  const auto counts = recording->finish();
  REQUIRE_FALSE(counts);
  CHECK(counts.error().code == ENODEV);
  const Pair pair;
  pair.send(10);
  CHECK(seen_of(*meter, pair.port, 10).in == 10);
  CHECK_FALSE(meter->take().failure);
}

}  // namespace
}  // namespace sockutils::test::capture_test
