#include "probe/identify/identifier.h"

#include "support/catch.h"
#include "support/certificates.h"
#include "support/skip.h"
#include "unit/probe/fake_servers.h"

namespace sockutils::test::conversations_test {
namespace {

using Tls = DialectServer::Tls;
using probe::ServiceProbe;

std::deque<ProbeResult> open_ports(std::uint16_t port, std::size_t count = 1) {
  ProbeResult result;
  result.host = "probe.example";
  result.address = Address::v4({192, 0, 2, 1});
  result.port = port;
  result.state = PortState::Open;
  return std::deque<ProbeResult>(count, result);
}

struct Talked {
  std::vector<ProbeResult> results;
  bool ran_to_end = false;
  std::size_t missed_tls = 0;
};

Talked talk(FakeServers& servers, std::deque<ProbeResult> open, const ProbeOptions& options = {}) {
  const NearEnd near;
  probe::Identifier conversations(servers, near, options, 1000);
  Talked talked;
  talked.ran_to_end = conversations.run(std::move(open), [&](ProbeResult&& result) {
    talked.results.push_back(std::move(result));
    return true;
  });
  talked.missed_tls = conversations.missed_tls();
  CHECK(servers.all_closed());
  return talked;
}

struct Authority {
  Certificates made;
  std::unique_ptr<TlsContext> server;

  Authority() {
    if (!has_tls() || !made.work()) return;
    auto context =
        (*tls_library())
            ->server({.certificate_file = made.path("good.pem"), .key_file = made.path("good.key")});
    if (context) server = std::move(*context);
  }
};

#define REQUIRE_TLS_SERVER() \
  const Authority authority; \
  if (!authority.server) SKIP_OUT_LOUD("built without OpenSSL, or no openssl(1)")

FakeServers servers_of(const ServiceProbe& service_probe, Tls tls, const TlsContext* context) {
  return FakeServers([&, tls, context](const FarEnd&) {
    return std::make_unique<DialectServer>(service_probe, tls, context);
  });
}

TEST_CASE("every protocol that has STARTTLS leads to TLS, and keeps its name") {
  REQUIRE_TLS_SERVER();
  std::size_t seen = 0;
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    if (service_probe->start_tls == nullptr) continue;
    INFO(service_probe->name);
    FakeServers servers = servers_of(*service_probe, Tls::WhenAsked, authority.server.get());
    const Talked talked = talk(servers, open_ports(service_probe->ports[0]));
    REQUIRE(talked.results.size() == 1);
    const ProbeResult& result = talked.results[0];
    REQUIRE(result.identity);
    CHECK(result.identity->name == service_probe->name);
    CHECK(result.starttls);
    REQUIRE(result.tls);
    CHECK(result.tls->failure.empty());
    REQUIRE(result.tls->certificate);
    CHECK(result.tls->certificate->subject == "CN=probe.example,O=Example");
    CHECK(result.tls->certificate->matches_name == true);
    CHECK(result.times.tls);
    ++seen;
  }
  CHECK(seen == 8);
}

TEST_CASE("a protocol inside TLS is recognised there, and named so") {
  REQUIRE_TLS_SERVER();
  std::size_t seen = 0;
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    if (service_probe->secure_ports.empty()) continue;
    INFO(service_probe->name);
    FakeServers servers = servers_of(*service_probe, Tls::AtOnce, authority.server.get());
    const Talked talked = talk(servers, open_ports(service_probe->secure_ports[0]));
    REQUIRE(talked.results.size() == 1);
    const ProbeResult& result = talked.results[0];
    REQUIRE(result.identity);
    CHECK(result.identity->name == probe::name_inside_tls(*service_probe));
    CHECK_FALSE(result.starttls);
    REQUIRE(result.tls);
    CHECK(result.tls->version == "TLS 1.3");
    CHECK(result.times.first_byte);
    ++seen;
  }
  CHECK(seen >= 8);
}

TEST_CASE("a web server in TLS is found on any port") {
  REQUIRE_TLS_SERVER();
  FakeServers servers = servers_of(*probe::find_service_probe("http"), Tls::AtOnce, authority.server.get());
  const Talked talked = talk(servers, open_ports(4711));
  REQUIRE(talked.results.at(0).identity);
  CHECK(*talked.results[0].identity == ServiceIdentity{"https", "nginx", "1.22.1"});
}

/// Always says the same.
class Stubborn final : public FakeServer {
 public:
  Stubborn(std::string first, std::string later, bool hangs_up = false)
      : first_(std::move(first)), later_(std::move(later)), hangs_up_(hangs_up) {}
  std::string hear(std::string_view bytes) override {
    asked_ = asked_ || !bytes.empty();
    return bytes.empty() ? first_ : later_;
  }
  bool hung_up() const override { return hangs_up_ && asked_; }

 private:
  std::string first_;
  std::string later_;
  bool hangs_up_;
  bool asked_ = false;
};

FakeServers stubborn(const std::string& first, const std::string& later, bool hangs_up = false) {
  return FakeServers([=](const FarEnd&) { return std::make_unique<Stubborn>(first, later, hangs_up); });
}

TEST_CASE("a mail server that refuses STARTTLS, hangs up or talks nonsense instead keeps its identity") {
  if (!has_tls()) SKIP_OUT_LOUD("built without OpenSSL");
  for (const std::string answer :
       {"502 no\r\n", "250 only this\r\n", "", "\xff\xff\xff", "250-never ending\r\n"})
    for (const bool hangs_up : {false, true}) {
      INFO(answer << (hangs_up ? " and hangs up" : ""));
      FakeServers servers = stubborn("220 mail ESMTP Postfix\r\n", answer, hangs_up);
      const Talked talked = talk(servers, open_ports(25));
      REQUIRE(talked.results.at(0).identity);
      CHECK(talked.results[0].identity->product == "Postfix");
      CHECK_FALSE(talked.results[0].tls);
    }
}

TEST_CASE("a greeting that is nobody's for sure is answered, and the answer tells mail from files") {
  for (const auto& [answer, name] :
       std::vector<std::pair<std::string, std::string>>{{"250-mail.example\r\n250 SIZE 1000\r\n", "smtp"},
                                                        {"530 Please login.\r\n", "ftp"},
                                                        {"what?\r\n", ""}}) {
    INFO(answer);
    FakeServers servers = stubborn("220 welcome\r\n", answer);
    const Talked talked = talk(servers, open_ports(4711));
    const auto& identity = talked.results.at(0).identity;
    CHECK((identity ? identity->name : "") == name);
  }
  // Nobody is asked twice, however often the first line comes.
  FakeServers endless = stubborn("220 welcome\r\n", "220 welcome\r\n");
  CHECK_FALSE(talk(endless, open_ports(4711)).results.at(0).identity);
}

TEST_CASE("a server that agrees to TLS and then does not speak it is said to fail") {
  if (!has_tls()) SKIP_OUT_LOUD("built without OpenSSL");
  FakeServers servers = stubborn("", std::string("\x15\x03\x03\x00\x02\x02\x28", 7), true);
  const Talked talked = talk(servers, open_ports(443));
  REQUIRE(talked.results.at(0).tls);
  CHECK(talked.results[0].tls->failure.find("handshake failure") != std::string::npos);
  CHECK(talked.results[0].identity->name == "tls");
}

TEST_CASE("what answers a ClientHello in another tongue is recognised by that") {
  FakeServers servers = stubborn("", "HTTP/1.1 400 Bad Request\r\nServer: tiny/1\r\n\r\n", true);
  const Talked talked = talk(servers, open_ports(443));
  REQUIRE(talked.results.at(0).identity);
  CHECK(*talked.results[0].identity == ServiceIdentity{"http", "tiny", "1"});
  CHECK_FALSE(talked.results[0].tls);
}

TEST_CASE("a deep search finds a server of any protocol on a port that nobody knows") {
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    // A single letter is too little to know PostgreSQL by, where it is not expected.
    if (service_probe->transport != Protocol::Tcp || service_probe->is_delicate ||
        service_probe->name == "postgresql")
      continue;
    if (service_probe->request == nullptr || service_probe->name == "tls") continue;
    INFO(service_probe->name);
    FakeServers servers = servers_of(*service_probe, Tls::Never, nullptr);
    const Talked talked = talk(servers, open_ports(4711), {.identify_deep = true});
    REQUIRE(talked.results.at(0).identity);
    CHECK(talked.results[0].identity->name == service_probe->name);
  }
}

TEST_CASE(
    "a deep search says nothing strange where words disturb, and nothing more where a protocol is usual") {
  const auto connections = [](std::uint16_t port, bool is_deep) {
    FakeServers servers = stubborn("", "", false);
    talk(servers, open_ports(port), {.identify_deep = is_deep});
    return servers.connected.size();
  };
  for (const std::uint16_t port : {std::uint16_t{6600}, std::uint16_t{5001}})
    CHECK(connections(port, true) == 1);
  CHECK(connections(6379, true) == connections(6379, false));
  CHECK(connections(4711, true) > connections(4711, false) + 10);
}

TEST_CASE("connections to identify servers keep to the rate, and waits to the time-out") {
  FakeServers servers = stubborn("", "");
  const Talked talked =
      talk(servers, open_ports(6600, 5), {.timeout = std::chrono::milliseconds(200), .rate = 2});
  CHECK(talked.results.size() == 5);
  REQUIRE(servers.connected.size() == 5);
  CHECK(servers.connected[4] - servers.connected[0] >= std::chrono::seconds(2));
  CHECK(servers.now() - servers.connected[4] <= std::chrono::milliseconds(300));
}

TEST_CASE("when the run is to end, every open port is handed on as far as it is known") {
  FakeServers servers = stubborn("", "");
  servers.stop_tag = probe::StopTag;
  servers.stop_at = servers.now() + std::chrono::milliseconds(100);
  const Talked talked = talk(servers, open_ports(6600, 300));
  CHECK_FALSE(talked.ran_to_end);
  CHECK(talked.results.size() == 300);
}

}  // namespace
}  // namespace sockutils::test::conversations_test
