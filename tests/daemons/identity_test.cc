// Real daemons of the distribution, each on its usual port in a network namespace of its own.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "daemons/daemon_kinds.h"
#include "support/catch.h"
#include "support/namespace.h"

namespace sockutils::test::identity_test {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>&1").c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe) {
    const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (size == 0) break;
    text.append(buffer.data(), size);
  }
  return text;
}

/// A daemon and the network that it is alone in.
struct Running {
  explicit Running(const KnownDaemon& asked)
      : known(asked),
        network(make_network),
        daemon(asked.kind, asked.ports.front().port.port, network.pid()) {}

  static void make_network() {
    enter_new_network();
    write_kernel_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  }

  const KnownDaemon& known;
  Child network;
  Daemon daemon;
};

/// Why it is not asked; empty when it is.
std::string obstacle(const DaemonKind& kind) {
  if (!kind.is_installed()) return kind.name() + " is not installed";
  if (kind.needs_root && ::geteuid() != 0) return "only root may start " + kind.name();
  return {};
}

/// All that can be, started side by side with the first test: some take their time.
const Running* find(const std::string& name) {
  static const auto all = [] {
    std::vector<std::unique_ptr<Running>> daemons;
    for (const KnownDaemon& known : known_daemons_to_ask())
      if (obstacle(known.kind).empty()) daemons.push_back(std::make_unique<Running>(known));
    return daemons;
  }();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& one) { return one->daemon.kind().name() == name; });
  return found == all.end() ? nullptr : found->get();
}

const DaemonKind& kind_of(const std::string& name) {
  for (const KnownDaemon& known : known_daemons_to_ask())
    if (known.kind.name() == name) return known.kind;
  throw std::invalid_argument(name);
}

std::vector<ProbeResult> ask(const Running& running) {
  std::vector<ProbeHost> hosts;
  REQUIRE(add_probe_hosts(hosts, "127.0.0.1", {}));
  std::vector<ProbePort> ports;
  for (const Recognisable& one : running.known.ports) ports.push_back(one.port);
  std::vector<ProbeResult> results(ports.size());
  in_network_of(running.network.pid(), [&] {
    REQUIRE(probe_ports(hosts, ports, {}, [&](ProbeResult&& result) {
      results.at(result.port_index) = std::move(result);
      return true;
    }));
  });
  return results;
}

void check(const Running& running) {
  const std::vector<ProbeResult> results = ask(running);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Recognisable& expected = running.known.ports[i];
    INFO(running.daemon.kind().name() << " at " << name(expected.port.protocol) << "/" << expected.port.port);
    CHECK(results[i].state == PortState::Open);
    if (!results[i].identity) {
      FAIL_CHECK("it was not recognised: " << running.daemon.words());
      continue;
    }
    const ServiceIdentity& found = *results[i].identity;
    CHECK(found.name == expected.name);
    CHECK(found.product == expected.product);
    if (!expected.tells_version) continue;
    const std::string version = found.version.substr(0, running.known.version_length);
    const std::string own = output_of(running.known.version);
    INFO("version " << version << "; the program's own words: " << own);
    CHECK_FALSE(version.empty());
    CHECK(own.find(version) != std::string::npos);
  }
}

#define CHECK_DAEMON(NAME)                                                                              \
  REQUIRE_PRIVATE_NETWORK();                                                                            \
  if (const auto why = obstacle(kind_of(NAME)); !why.empty()) SKIP_OUT_LOUD(why);                       \
  const Running& running = *find(NAME);                                                                 \
  if (!running.daemon.listens()) SKIP_OUT_LOUD(NAME " does not start here: " + running.daemon.words()); \
  check(running)

TEST_CASE("mpd is recognised, with the version of its protocol") { CHECK_DAEMON("mpd"); }
TEST_CASE("OpenSSH is recognised, with its version") { CHECK_DAEMON("sshd"); }
TEST_CASE("MariaDB is recognised, with its version") { CHECK_DAEMON("mariadbd"); }
TEST_CASE("Redis is recognised") { CHECK_DAEMON("redis-server"); }
TEST_CASE("nginx is recognised, with its version, plain and in TLS") { CHECK_DAEMON("nginx"); }
TEST_CASE("vsftpd is recognised, with its version") { CHECK_DAEMON("vsftpd"); }
TEST_CASE("memcached is recognised, with its version") { CHECK_DAEMON("memcached"); }
TEST_CASE("mosquitto is recognised") { CHECK_DAEMON("mosquitto"); }
TEST_CASE("Exim is recognised, with its version") { CHECK_DAEMON("exim4"); }
TEST_CASE("Dovecot is recognised, by IMAP and by POP3") { CHECK_DAEMON("dovecot"); }
TEST_CASE("PostgreSQL is recognised") { CHECK_DAEMON("postgres"); }
TEST_CASE("unbound is recognised, with its version, over TCP and UDP") { CHECK_DAEMON("unbound"); }
TEST_CASE("dnsmasq is recognised, with its version, over TCP and UDP") { CHECK_DAEMON("dnsmasq"); }
TEST_CASE("OpenLDAP is recognised") { CHECK_DAEMON("slapd"); }
TEST_CASE("the rsync daemon is recognised") { CHECK_DAEMON("rsync"); }
TEST_CASE("the git daemon is recognised") { CHECK_DAEMON("git-daemon"); }

}  // namespace
}  // namespace sockutils::test::identity_test
