#include "os/tls.h"

#include <algorithm>

#include "support/catch.h"
#include "support/certificates.h"
#include "support/skip.h"

namespace sockutils::test::tls_test {
namespace {

using State = TlsSession::State;
using Session = std::unique_ptr<TlsSession>;

const std::string Key(32, 'k');

/// Carries bytes both ways until neither end has more to send.
void converse(TlsSession& client, TlsSession& server) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
      std::string wire;
      from->take(wire);
      moved = moved || !wire.empty();
      // In pieces, as networks have them.
      for (std::size_t at = 0; at < wire.size(); at += 100) to->put(std::string_view(wire).substr(at, 100));
    }
  }
}

struct Pair {
  Session client;
  Session server;
  std::unique_ptr<TlsContext> client_context;
  std::unique_ptr<TlsContext> server_context;
};

Pair make_pair(const TlsOptions& client, const TlsOptions& server, std::string_view name = "probe.example") {
  const auto library = tls_library();
  REQUIRE(library);
  auto clients = (*library)->client(client);
  auto servers = (*library)->server(server);
  INFO((clients ? "" : clients.error().message()) << (servers ? "" : servers.error().message()));
  REQUIRE(clients);
  REQUIRE(servers);
  auto near = (*clients)->connect(name);
  auto far = (*servers)->accept();
  REQUIRE(near);
  REQUIRE(far);
  converse(**near, **far);
  return {std::move(*near), std::move(*far), std::move(*clients), std::move(*servers)};
}

TlsOptions with_certificate(const Certificates& made, const std::string& name) {
  return {.certificate_file = made.path(name + ".pem"), .key_file = made.path(name + ".key")};
}

TlsOptions trusting(const Certificates& made, bool verify) {
  return {.authorities_file = made.path("ca.pem"), .verify = verify};
}

TlsOptions keys_of_server() {
  TlsOptions options;
  options.find_psk = [](std::string_view name) {
    return name == "laptop" ? std::optional(Key) : std::nullopt;
  };
  return options;
}

std::string read_all(TlsSession& session) {
  std::string text;
  while (session.read(text, 7) > 0) continue;
  return text;
}

#define REQUIRE_TLS() \
  if (!has_tls()) SKIP_OUT_LOUD("built without OpenSSL")
/// Declares `made`, a `Certificates`.
#define REQUIRE_CERTIFICATES() \
  REQUIRE_TLS();               \
  const Certificates made;     \
  if (!made.work()) SKIP_OUT_LOUD("no openssl(1) to make certificates with")

TEST_CASE("two ends with the same key talk TLS 1.3, and the server knows whose key it is") {
  REQUIRE_TLS();
  const Pair pair = make_pair({.psk_identity = "laptop", .psk = Key}, keys_of_server());
  REQUIRE(pair.client->state() == State::Open);
  REQUIRE(pair.server->state() == State::Open);
  CHECK(pair.server->psk_identity() == "laptop");
  CHECK(pair.client->facts().version == "TLS 1.3");
  CHECK_FALSE(pair.client->facts().certificate);

  const std::string long_text(100'000, 'x');
  REQUIRE(pair.client->write("hello"));
  REQUIRE(pair.server->write(long_text));
  converse(*pair.client, *pair.server);
  CHECK(read_all(*pair.server) == "hello");
  CHECK(read_all(*pair.client) == long_text);

  const auto secret = pair.client->exported_secret("EXPORTER-sockutils", 32);
  REQUIRE(secret);
  CHECK(secret->size() == 32);
  CHECK(*secret == pair.server->exported_secret("EXPORTER-sockutils", 32).value());
  CHECK(*secret != pair.server->exported_secret("EXPORTER-other", 32).value());

  pair.client->close();
  converse(*pair.client, *pair.server);
  CHECK(pair.server->state() == State::Ended);
}

TEST_CASE("a wrong key, an unknown name, and a client without a key are refused") {
  REQUIRE_TLS();
  const std::vector<TlsOptions> strangers{{.psk_identity = "laptop", .psk = std::string(32, 'w')},
                                          {.psk_identity = "stranger", .psk = Key},
                                          {.verify = false}};
  for (const TlsOptions& stranger : strangers) {
    const Pair pair = make_pair(stranger, keys_of_server());
    CHECK(pair.client->state() == State::Failed);
    CHECK(pair.server->state() == State::Failed);
    CHECK_FALSE(pair.server->error().message().empty());
    CHECK_FALSE(pair.server->write("anything"));
    CHECK_FALSE(pair.server->exported_secret("EXPORTER-sockutils", 32));
  }
}

TEST_CASE("a client with a key never takes a server's certificate in its place") {
  REQUIRE_CERTIFICATES();
  const Pair pair = make_pair({.psk_identity = "laptop", .psk = Key}, with_certificate(made, "good"));
  CHECK(pair.client->state() == State::Failed);
  CHECK(pair.server->state() == State::Failed);
}

TEST_CASE("a server with keys and a certificate takes clients with either") {
  REQUIRE_CERTIFICATES();
  TlsOptions both = with_certificate(made, "good");
  both.find_psk = keys_of_server().find_psk;
  CHECK(make_pair({.psk_identity = "laptop", .psk = Key}, both).server->psk_identity() == "laptop");
  const Pair pair = make_pair(trusting(made, true), both);
  CHECK(pair.server->state() == State::Open);
  CHECK(pair.server->psk_identity().empty());
}

TEST_CASE("a good certificate is read in full, and trusted") {
  REQUIRE_CERTIFICATES();
  TlsOptions server = with_certificate(made, "good");
  server.alpn = {"h2", "http/1.1"};
  TlsOptions client = trusting(made, true);
  client.alpn = {"http/1.1"};
  const Pair pair = make_pair(client, server);
  REQUIRE(pair.client->state() == State::Open);
  const TlsFacts facts = pair.client->facts();
  CHECK(facts.version == "TLS 1.3");
  CHECK(facts.cipher.starts_with("TLS_"));
  CHECK(facts.alpn == "http/1.1");
  REQUIRE(facts.certificate);
  CHECK(facts.certificate->subject == "CN=probe.example,O=Example");
  CHECK(facts.certificate->issuer == "CN=ca,O=Test Authority");
  CHECK(facts.certificate->names ==
        std::vector<std::string>{"probe.example", "*.wild.example", "127.0.0.1", "fd00::1"});
  CHECK(facts.certificate->problems.empty());
  CHECK(facts.certificate->matches_name == true);
  REQUIRE(facts.certificate->not_before);
  CHECK(days_left(*facts.certificate, *facts.certificate->not_before) == 30);
  CHECK(days_left(*facts.certificate, *facts.certificate->not_after + std::chrono::seconds(1)) == -1);
}

TEST_CASE("what is wrong with a certificate is told, and enforced when that is asked for") {
  REQUIRE_CERTIFICATES();
  struct Row {
    std::string certificate;
    std::string name;
    std::vector<std::string> problems;
    bool matches;
  };
  const std::vector<Row> rows{
      {"good", "127.0.0.1", {}, true},
      {"good", "fd00::1%eth0", {}, true},
      {"good", "a.wild.example.", {}, true},
      {"plain", "plain.example", {}, true},
      {"good", "192.0.2.1", {}, false},
      {"other", "probe.example", {}, false},
      {"expired", "probe.example", {"expired"}, true},
      {"self", "probe.example", {"self-signed"}, true},
  };
  for (const Row& row : rows) {
    INFO(row.certificate << " for " << row.name);
    const Pair lax = make_pair(trusting(made, false), with_certificate(made, row.certificate), row.name);
    CHECK(lax.client->state() == State::Open);
    REQUIRE(lax.client->facts().certificate);
    CHECK(lax.client->facts().certificate->problems == row.problems);
    CHECK(lax.client->facts().certificate->matches_name == row.matches);
    const Pair strict = make_pair(trusting(made, true), with_certificate(made, row.certificate), row.name);
    const bool is_good = row.problems.empty() && row.matches;
    CHECK(strict.client->state() == (is_good ? State::Open : State::Failed));
    if (!row.problems.empty())
      CHECK(strict.client->error().detail == "the certificate is not trusted: " + row.problems[0]);
    if (!row.matches)
      CHECK(strict.client->error().detail == "the certificate is not trusted: for another name");
  }
}

TEST_CASE("an authority that is not known is one") {
  REQUIRE_CERTIFICATES();
  TlsOptions client;
  client.authorities_file = made.path("self.pem");
  client.verify = false;
  const Pair pair = make_pair(client, with_certificate(made, "good"));
  REQUIRE(pair.client->facts().certificate);
  CHECK(pair.client->facts().certificate->problems ==
        std::vector<std::string>{"its authority is not known here"});
}

TEST_CASE("a server that names authorities lets in only clients with a certificate of theirs") {
  REQUIRE_CERTIFICATES();
  TlsOptions server = with_certificate(made, "good");
  server.authorities_file = made.path("ca.pem");
  TlsOptions client = trusting(made, true);
  CHECK(make_pair(client, server).server->state() == State::Failed);
  client.certificate_file = made.path("plain.pem");
  client.key_file = made.path("plain.key");
  const Pair pair = make_pair(client, server);
  CHECK(pair.server->state() == State::Open);
  CHECK(pair.server->facts().certificate->subject == "CN=plain.example");
  client.certificate_file = made.path("self.pem");
  client.key_file = made.path("self.key");
  CHECK(make_pair(client, server).server->state() == State::Failed);
}

TEST_CASE("bytes that are no TLS, and a wire that ends too soon, are failures") {
  REQUIRE_TLS();
  const auto server = (*tls_library())->server(keys_of_server());
  REQUIRE(server);
  auto session = (*server)->accept();
  REQUIRE(session);
  CHECK((*session)->put("GET / HTTP/1.1\r\n\r\n") == State::Failed);
  CHECK_FALSE((*session)->error().detail.empty());

  const Pair pair = make_pair({.psk_identity = "laptop", .psk = Key}, keys_of_server());
  CHECK(pair.server->put_end() == State::Failed);
  CHECK(pair.client->put(std::string(1000, '\x17')) == State::Failed);
}

TEST_CASE("what cannot be set up is refused with the reason") {
  REQUIRE_CERTIFICATES();
  const TlsLibrary& library = **tls_library();
  const auto why = [](const auto& result) { return result ? "" : result.error().message(); };
  CHECK(why(library.client({.psk_identity = "a", .psk = "short"})).find("at least 16") != std::string::npos);
  CHECK(why(library.server({})).find("a certificate or keys") != std::string::npos);
  CHECK(why(library.server({.certificate_file = "/nonexistent", .key_file = "/nonexistent"}))
            .find("No such file") != std::string::npos);
  TlsOptions mixed = with_certificate(made, "good");
  mixed.key_file = made.path("other.key");
  CHECK(why(library.server(mixed)).find("mismatch") != std::string::npos);
  CHECK(why((*library.client({}))->connect("")).find("no name") != std::string::npos);
}

}  // namespace
}  // namespace sockutils::test::tls_test
