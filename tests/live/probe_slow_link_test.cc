// A server at the end of a long, narrow line that loses packets.

#include <netinet/in.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>

#include "sockutils/probe.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/slow_link.h"
#include "support/sockets.h"

namespace sockutils::test::probe_slow_link_test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t FirstPort = 1000;
constexpr std::uint16_t OpenPorts = 40;

/// Client and server, and what is open there: every fiftieth port.
class Place {
 public:
  explicit Place(const LinkQuality& quality) : link_(client_.pid(), server_.pid(), quality) {
    in_network_of(server_.pid(), [&] {
      for (std::uint16_t i = 0; i < OpenPorts; ++i) {
        listeners_.push_back(make_socket(AF_INET, SOCK_STREAM));
        bind_to(listeners_.back(),
                SocketAddress::v4("0.0.0.0", static_cast<std::uint16_t>(FirstPort + 50 * i + 7)));
        listen_on(listeners_.back(), 20);
      }
      // A host sends so many resets as it is asked for.
      write_kernel_file("/proc/sys/net/ipv4/icmp_ratelimit", "0");
    });
  }

  void at_server(const std::string& command) const {
    in_network_of(server_.pid(), [&] {
      INFO(command);
      REQUIRE(run_with_rights(command));
    });
  }

  std::map<PortState, std::size_t> ask(std::uint16_t ports) const {
    std::vector<ProbeHost> hosts;
    REQUIRE(add_probe_hosts(hosts, "10.9.0.2", {}));
    std::vector<ProbePort> asked;
    for (std::uint16_t i = 0; i < ports; ++i)
      asked.push_back({Protocol::Tcp, static_cast<std::uint16_t>(FirstPort + i)});
    std::map<PortState, std::size_t> counts;
    in_network_of(client_.pid(), [&] {
      REQUIRE(probe_ports(hosts, asked, {.identify = false}, [&](const ProbeResult& result) {
        ++counts[result.state];
        return true;
      }));
    });
    return counts;
  }

  const SlowLink& link() const { return link_; }

 private:
  Child client_{enter_new_network};
  Child server_{enter_new_network};
  SlowLink link_;
  std::vector<UniqueFd> listeners_;
};

/// Each is another line; more of them with `./dev test --long`.
std::vector<unsigned> seeds(std::vector<unsigned> seeds) {
  if (std::getenv("SOCKUTILS_TEST_LONG") != nullptr)
    for (unsigned seed = 11; seed <= 20; ++seed) seeds.push_back(seed);
  return seeds;
}

#define REQUIRE_TUNNELS()    \
  REQUIRE_PRIVATE_NETWORK(); \
  if (::access("/dev/net/tun", R_OK | W_OK) != 0) SKIP_OUT_LOUD("no /dev/net/tun, or no right to use it")

TEST_CASE("no open port is lost on a slow line that loses one packet in twenty") {
  REQUIRE_TUNNELS();
  for (const unsigned seed : seeds({1, 2})) {
    const Place place({.loss = 0.05, .delay = 30ms, .jitter = 10ms, .seed = seed});
    auto counts = place.ask(2000);
    INFO("seed " << seed << ", " << place.link().passed() << " packets passed, " << place.link().lost()
                 << " lost");
    CHECK(counts[PortState::Open] == OpenPorts);
    CHECK(counts[PortState::Closed] == 2000u - OpenPorts);
    CHECK(place.link().lost() > 100);
  }
}

TEST_CASE("no open port is lost where a narrow line fills up, and drops what is too much") {
  REQUIRE_TUNNELS();
  for (const unsigned seed : seeds({3})) {
    const Place place(
        {.loss = 0.05, .delay = 20ms, .jitter = 5ms, .bits_per_second = 1e6, .queue = 50, .seed = seed});
    auto counts = place.ask(2000);
    INFO("seed " << seed << ", " << place.link().passed() << " packets passed, " << place.link().lost()
                 << " lost");
    CHECK(counts[PortState::Open] == OpenPorts);
    CHECK(counts[PortState::Closed] == 2000u - OpenPorts);
  }
}

TEST_CASE("no open port is lost among silent ones on a line that loses one packet in twenty") {
  REQUIRE_TUNNELS();
  if (!run_with_rights("nft list tables >/dev/null 2>&1")) SKIP_OUT_LOUD("no nft, or no right to use it");
  for (const unsigned seed : seeds({4})) {
    const Place place({.loss = 0.05, .delay = 20ms, .jitter = 5ms, .seed = seed});
    // Whatever nobody listens at is dropped.
    std::string open;
    for (std::uint16_t i = 0; i < OpenPorts; ++i)
      open += (i == 0 ? "" : ", ") + std::to_string(FirstPort + 50 * i + 7);
    place.at_server(
        "printf '%s\\n' 'table ip t {' 'chain c {' 'type filter hook input priority 0;' "
        "'tcp dport != { " +
        open + " } drop' '}' '}' | nft -f -");
    auto counts = place.ask(600);
    INFO("seed " << seed << ", " << place.link().passed() << " packets passed, " << place.link().lost()
                 << " lost");
    CHECK(counts[PortState::Open] == 12);
    CHECK(counts[PortState::Filtered] == 588);
  }
}

}  // namespace
}  // namespace sockutils::test::probe_slow_link_test
