// The control port with certificates in place of keys.

#include <string>
#include <vector>

#include "cli/program.h"
#include "support/catch.h"
#include "support/certificates.h"
#include "support/skip.h"

namespace cli::sockprobed_certificate_test {
namespace {

using sockutils::test::Certificates;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> shows(const Certificates& made, const std::string& name) {
  return {"--certificate",          made.path(name + ".pem"), "--certificate-key",
          made.path(name + ".key"), "--authorities",          made.path("ca.pem")};
}

/// A server on loopback that shows a certificate, and keeps to the user who owns it.
class CertifiedServer {
 public:
  CertifiedServer(const Certificates& made, const std::string& name) : server_(words(made, name)) {
    const std::string start = "serving control 127.0.0.1:";
    const std::string& log = server_.read_until(start);
    const std::size_t at = log.find(start);
    REQUIRE(at != std::string::npos);
    port_ = std::to_string(std::stoul(log.substr(at + start.size())));
  }

  Result ask(const std::vector<std::string>& trust) const {
    std::vector<std::string> all{"--via", "127.0.0.1:" + port_, "--timeout", "5"};
    all.insert(all.end(), trust.begin(), trust.end());
    all.push_back(std::to_string(Listener().port()));
    return sockprobe(all);
  }
  const std::string& log_until(const std::string& text) { return server_.read_until(text); }

 private:
  static std::vector<std::string> words(const Certificates& made, const std::string& name) {
    std::vector<std::string> all = shows(made, name);
    all.insert(all.end(), {"--control", "0", "--listen", "127.0.0.1", "--user", "root"});
    return all;
  }

  Server server_;
  std::string port_;
};

#define REQUIRE_CERTIFICATES()                                                            \
  if (!has(sockprobe({"--version"}).out, "with TLS")) SKIP_OUT_LOUD("built without TLS"); \
  const Certificates made;                                                                \
  if (!made.work()) SKIP_OUT_LOUD("no openssl(1)")

TEST_CASE("with good certificates at both ends the control port serves") {
  REQUIRE_CERTIFICATES();
  CertifiedServer server(made, "good");
  const Result result = server.ask(shows(made, "good"));
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(has(result.out, "to server  open"));
  CHECK(has(server.log_until("session control"), "session control"));
}

TEST_CASE("a server whose certificate is old, of nobody known or for another name is not asked") {
  REQUIRE_CERTIFICATES();
  for (const auto& [name, says] : std::vector<std::pair<std::string, std::string>>{
           {"expired", "expired"}, {"other", "for another name"}, {"self", "self-signed"}}) {
    INFO(name);
    const CertifiedServer server(made, name);
    const Result result = server.ask(shows(made, "good"));
    INFO(result.err);
    CHECK(result.status == 3);
    CHECK(has(result.err, says));
    CHECK(result.out.find("to server") == std::string::npos);
  }
}

TEST_CASE(
    "a client whose certificate is old or of nobody known, or who has none, is refused, and the log says "
    "why") {
  REQUIRE_CERTIFICATES();
  CertifiedServer server(made, "good");
  for (const auto& [name, says] :
       std::vector<std::pair<std::string, std::string>>{{"expired", "expired"}, {"self", "self-signed"}}) {
    INFO(name);
    const Result result = server.ask(shows(made, name));
    CHECK(result.status == 3);
    CHECK(has(server.log_until(says), "refused control"));
    CHECK(has(server.log_until(says), says));
  }
  const Result nobody = server.ask({});
  CHECK(nobody.status == 3);
  CHECK(has(nobody.err, "it may want a key, or a certificate"));
  // Others are served as before.
  CHECK(server.ask(shows(made, "good")).status == 0);
}

TEST_CASE("a certificate without its key, or that is none, is refused before anybody is served or asked") {
  REQUIRE_CERTIFICATES();
  for (const Result& result :
       {Server({"--control", "0", "--listen", "127.0.0.1", "--certificate", made.path("good.pem"),
                "--certificate-key", made.path("other.key"), "--authorities", made.path("ca.pem")})
            .finish(),
        Server({"--control", "0", "--listen", "127.0.0.1", "--certificate", made.path("conf"),
                "--certificate-key", made.path("good.key"), "--authorities", made.path("ca.pem")})
            .finish(),
        Server({"--control", "0", "--listen", "127.0.0.1", "--certificate", made.path("good.pem"),
                "--certificate-key", made.path("good.key")})
            .finish(),
        sockprobe({"--via", "127.0.0.1", "--certificate", made.path("good.pem"), "--certificate-key",
                   made.path("other.key"), "--authorities", made.path("ca.pem"), "8000"})}) {
    INFO(result.err);
    CHECK(result.status == 3);
    CHECK_FALSE(result.err.empty());
  }
}

}  // namespace
}  // namespace cli::sockprobed_certificate_test
