// Servers that speak TLS: openssl(1), over loopback, with certificates that the test makes.

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "sockutils/probe.h"
#include "sockutils/version.h"
#include "support/catch.h"
#include "support/certificates.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::probe_tls_test {
namespace {

bool has_tls_module() {
  for (const Feature& feature : features())
    if (feature.name == "TLS") return feature.available;
  return false;
}

/// They listen at the ports of their protocols, also when an ordinary user starts them.
#define REQUIRE_TLS_SERVERS()                                              \
  REQUIRE_PRIVATE_NETWORK();                                               \
  write_kernel_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"); \
  if (!has_tls_module()) SKIP_OUT_LOUD("no TLS in this build");            \
  const Certificates made;                                                 \
  if (!made.work()) SKIP_OUT_LOUD("no openssl(1)")

/// `openssl s_server`, which answers every request with a page.
class OpensslServer {
 public:
  OpensslServer(const Certificates& made, std::uint16_t port, const std::string& certificate,
                const std::vector<std::string>& options = {})
      : child_([] {},
               [=, &made] {
                 const int nowhere = ::open("/dev/null", O_RDWR);
                 for (const int fd : {0, 1, 2}) ::dup2(nowhere, fd);
                 std::vector<std::string> words{"openssl", "s_server",
                                                "-accept", "127.0.0.1:" + std::to_string(port),
                                                "-cert",   made.path(certificate + ".pem"),
                                                "-key",    made.path(certificate + ".key"),
                                                "-www"};
                 words.insert(words.end(), options.begin(), options.end());
                 std::vector<char*> pointers;
                 for (std::string& word : words) pointers.push_back(word.data());
                 pointers.push_back(nullptr);
                 ::execvp("openssl", pointers.data());
               }) {
    const bool listens = eventually(
        [&] {
          const UniqueFd fd = make_socket(AF_INET, SOCK_STREAM);
          const SocketAddress there = loopback(AF_INET, port);
          return ::connect(fd.get(), there.get(), there.size()) == 0;
        },
        std::chrono::seconds(30));
    REQUIRE(listens);
  }

 private:
  Child child_;
};

ProbeResult ask(const std::string& host, std::uint16_t port) {
  const std::vector<ProbeHost> hosts{{.host = host, .address = Address::v4({127, 0, 0, 1})}};
  ProbeResult found;
  // A slow machine takes its time to compute a handshake.
  const ProbeOptions options{.timeout = std::chrono::seconds(4)};
  REQUIRE(probe_ports(hosts, {{Protocol::Tcp, port}}, options, [&](ProbeResult&& result) {
    found = std::move(result);
    return true;
  }));
  CHECK(found.state == PortState::Open);
  return found;
}

/// What the machine trusts, as long as it lives.
class Trust {
 public:
  explicit Trust(const std::string& file) { ::setenv("SSL_CERT_FILE", file.c_str(), 1); }
  ~Trust() { ::unsetenv("SSL_CERT_FILE"); }
  Trust(const Trust&) = delete;
  Trust& operator=(const Trust&) = delete;
};

TEST_CASE("a web server in TLS is looked into: session, certificate, and what is inside") {
  REQUIRE_TLS_SERVERS();
  const Trust trust(made.path("ca.pem"));
  const OpensslServer server(made, 443, "good");
  const ProbeResult result = ask("probe.example", 443);
  REQUIRE(result.identity);
  CHECK(result.identity->name == "https");
  REQUIRE(result.tls);
  CHECK(result.tls->version == "TLS 1.3");
  CHECK(result.tls->failure.empty());
  CHECK(result.times.tls);
  REQUIRE(result.tls->certificate);
  CHECK(result.tls->certificate->subject == "CN=probe.example,O=Example");
  CHECK(result.tls->certificate->problems.empty());
  CHECK(result.tls->certificate->matches_name == true);
}

TEST_CASE(
    "certificates that are expired, self-signed, for others or of an unknown authority are told apart") {
  REQUIRE_TLS_SERVERS();
  struct Row {
    std::string certificate;
    std::string trusted;
    std::vector<std::string> problems;
    bool matches;
  };
  const std::vector<Row> rows{
      {"expired", "ca.pem", {"expired"}, true},
      {"self", "ca.pem", {"self-signed"}, true},
      {"other", "ca.pem", {}, false},
      {"good", "self.pem", {"its authority is not known here"}, true},
  };
  std::uint16_t port = 4430;
  for (const Row& row : rows) {
    INFO(row.certificate << ", trusting " << row.trusted);
    const Trust trust(made.path(row.trusted));
    const OpensslServer server(made, ++port, row.certificate);
    const ProbeResult result = ask("probe.example", port);
    REQUIRE(result.tls);
    REQUIRE(result.tls->certificate);
    CHECK(result.tls->certificate->problems == row.problems);
    CHECK(result.tls->certificate->matches_name == row.matches);
  }
}

TEST_CASE("an old version, a chosen protocol and a server that demands a certificate are seen") {
  REQUIRE_TLS_SERVERS();
  const OpensslServer old(made, 4501, "good", {"-tls1_2"});
  CHECK(ask("probe.example", 4501).tls->version == "TLS 1.2");

  const OpensslServer chosen(made, 4502, "good", {"-alpn", "h2"});
  const ProbeResult h2 = ask("probe.example", 4502);
  CHECK(h2.tls->alpn == "h2");
  CHECK(h2.identity->name == "https");

  const OpensslServer strict(made, 4503, "good", {"-Verify", "1", "-tls1_2"});
  const ProbeResult refused = ask("probe.example", 4503);
  REQUIRE(refused.tls);
  CHECK_FALSE(refused.tls->failure.empty());
  CHECK(refused.identity->name == "tls");
}

TEST_CASE("the names in a certificate are any bytes") {
  REQUIRE_TLS_SERVERS();
  REQUIRE(made.self_signed("evil", "/CN=\x1b[31mred", "old"));
  const OpensslServer server(made, 4601, "evil");
  const ProbeResult result = ask("probe.example", 4601);
  REQUIRE(result.tls);
  REQUIRE(result.tls->certificate);
  CHECK(result.tls->certificate->names == std::vector<std::string>{"\x1b[31mred"});
}

}  // namespace
}  // namespace sockutils::test::probe_tls_test
