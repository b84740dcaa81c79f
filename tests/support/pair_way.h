/// Both ends of a way, and what stands on it: a client, a router and a server in namespaces of their own.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/confine/confine.h"
#include "sockutils/serve.h"
#include "sockutils/version.h"
#include "sockutils/via.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/server.h"
#include "support/sockets.h"

namespace sockutils::test::pair_way {

inline void run_command(const std::string& command) {
  INFO(command);
  REQUIRE(run_with_rights(command));
}

/// 10.1.0.1, a router at 10.1.0.2 and 10.2.0.1, and 10.2.0.2. The server knows the way to the client's
/// network.
class Way {
 public:
  Way() {
    in_network_of(client_.pid(), [&] {
      run_command("ip link add c0 type veth peer name r0 netns " + std::to_string(router_.pid()));
      run_command("ip address add 10.1.0.1/24 dev c0 && ip link set c0 up");
    });
    in_network_of(router_.pid(), [&] {
      run_command("ip link add r1 type veth peer name s0 netns " + std::to_string(server_.pid()));
      run_command(
          "ip address add 10.1.0.2/24 dev r0 && ip address add 10.2.0.1/24 dev r1 && "
          "ip link set r0 up && ip link set r1 up");
      write_kernel_file("/proc/sys/net/ipv4/ip_forward", "1");
    });
    in_network_of(server_.pid(), [&] {
      run_command(
          "ip address add 10.2.0.2/24 dev s0 && ip link set s0 up && ip route add default via 10.2.0.1");
    });
    in_network_of(client_.pid(), [&] { run_command("ip route add default via 10.1.0.2"); });
  }

  /// Rules of the router.
  void at_router(const std::string& chains) const {
    in_network_of(router_.pid(),
                  [&] { run_command("printf '%s\\n' 'table ip t {' '" + chains + "' '}' | nft -f -"); });
  }
  void run_at_router(const std::string& command) const {
    in_network_of(router_.pid(), [&] { run_command(command); });
  }
  RunningServer::Runner at_server() const {
    return [this](const std::function<void()>& body) { in_network_of(server_.pid(), body); };
  }

  void run_at_client(const std::function<void()>& body) const { in_network_of(client_.pid(), body); }

  /// On the router, which has an address beside the server's.
  void run_beside_server(const std::function<void()>& body) const { in_network_of(router_.pid(), body); }

  pid_t server_pid() const { return server_.pid(); }

  /// `report`: where that goes, if anybody wants it.
  std::vector<PairResult> ask(PairOptions options, PairReport* report = nullptr) const {
    options.server = Address::v4({10, 2, 0, 2});
    std::vector<PairResult> results;
    in_network_of(client_.pid(), [&] {
      const auto asked = probe_via(options, [&](PairResult&& result) {
        results.push_back(std::move(result));
        return true;
      });
      INFO((asked ? "" : asked.error().message()));
      REQUIRE(asked);
      if (report != nullptr) *report = *asked;
    });
    return results;
  }

 private:
  Child client_{enter_new_network};
  Child router_{enter_new_network};
  Child server_{enter_new_network};
};

inline const PairKey Key{"laptop", std::string(32, 'k')};

inline ServerOptions control_options() {
  ServerOptions options;
  options.control.enabled = true;
  options.control.trust.keys = {Key};
  options.addresses = {Address::v4({0, 0, 0, 0})};
  return options;
}

inline PairOptions asking(std::vector<ProbePort> ports) {
  PairOptions options;
  options.trust.keys = {Key};
  options.ports = std::move(ports);
  options.timeout = std::chrono::milliseconds(1500);
  options.path_mtu = false;
  return options;
}

constexpr ProbePort tcp(std::uint16_t port) { return {Protocol::Tcp, port}; }
constexpr ProbePort udp(std::uint16_t port) { return {Protocol::Udp, port}; }

inline std::string text_of(const PairResult& result) {
  std::string text = std::string(name(result.port.protocol)) + "/" + std::to_string(result.port.port) + " " +
                     std::string(name(result.direction)) + ": " + std::string(name(result.verdict)) + ", " +
                     result.reason;
  for (const std::string& change : result.changes) text += "; " + change;
  return text;
}

inline void check_verdict(const PairResult& result, PairVerdict verdict) {
  INFO(text_of(result));
  CHECK(name(result.verdict) == name(verdict));
}

inline bool has_keys() {
  for (const Feature& feature : features())
    if (feature.name == "TLS") return feature.available;
  return false;
}

#define REQUIRE_PAIR()                                                \
  REQUIRE_PRIVATE_NETWORK();                                          \
  if (!has_keys()) SKIP_OUT_LOUD("keys need TLS: not in this build"); \
  if (!run_with_rights("nft list tables >/dev/null 2>&1")) SKIP_OUT_LOUD("no nft, or no right to use it")

/// A server in the namespace of the process `where`, in a process of its own that is confined once it has
/// opened.
class ConfinedServer {
 public:
  ConfinedServer(pid_t where, ServerOptions options)
      : options_(std::move(options)),
        child_([this, where] { open_in(where); }, [this] { (void)server_->serve(never_.get()); }) {}

 private:
  void open_in(pid_t where) {
    const UniqueFd fd(::open(("/proc/" + std::to_string(where) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
    checked(fd.get(), "open");
    checked(::setns(fd.get(), CLONE_NEWNET), "setns");
    auto opened = TestServer::open(options_, nullptr);
    if (!opened) throw std::runtime_error(opened.error().message());
    server_.emplace(std::move(*opened));
    if (const auto confined = confine_process({.user = "nobody"}); !confined)
      throw std::runtime_error(confined.error().message());
  }

  ServerOptions options_;
  UniqueFd never_{::eventfd(0, EFD_CLOEXEC)};
  /// Of the child alone.
  std::optional<TestServer> server_;
  Child child_;
};

}  // namespace sockutils::test::pair_way
