#include "acquire/containers/docker_proxy.h"

#include "support/catch.h"

namespace sockutils::test::docker_proxy_test {
namespace {

/// Blanks stand for the NULs.
std::optional<ProxyTarget> parse(std::string text) {
  for (char& c : text)
    if (c == ' ') c = '\0';
  return parse_docker_proxy(text);
}

}  // namespace

TEST_CASE("the arguments of a docker-proxy say where it leads") {
  for (const char* text : {"/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip "
                           "172.17.0.2 -container-port 80 "
                           "-use-listen-fd ",
                           "docker-proxy --proto=tcp --container-ip=172.17.0.2 --container-port=80"}) {
    const auto target = parse(text);
    REQUIRE(target);
    CHECK(target->protocol == Protocol::Tcp);
    CHECK(target->address.to_string() == "172.17.0.2");
    CHECK(target->port == 80);
  }
  CHECK(parse("p -proto udp -container-ip fd00::2 -container-port 53")->address.is_v6);
}

TEST_CASE("arguments that are cut or odd lead nowhere") {
  for (const char* text :
       {"", "docker-proxy", "docker-proxy -proto tcp -container-ip 172.17.0.2 -container-port",
        "docker-proxy -proto tcp -container-ip 172.17.0.2 -container-port 0",
        "docker-proxy -proto tcp -container-ip 172.17.0.2 -container-port 65536",
        "docker-proxy -proto tcp -container-ip 172.17.0 -container-port 80",
        "docker-proxy -proto bogus -container-ip 172.17.0.2 -container-port 80",
        "docker-proxy ---proto tcp -container-ip 172.17.0.2 -container-port 80"}) {
    INFO(text);
    CHECK_FALSE(parse(text));
  }
}

}  // namespace sockutils::test::docker_proxy_test
