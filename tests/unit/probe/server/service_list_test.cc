#include "probe/server/plain_services.h"
#include "support/catch.h"

namespace sockutils::test::service_list_test {
namespace {

std::vector<TestService> services_of(std::string_view list) {
  std::vector<TestService> services;
  const auto added = add_test_services(services, list);
  INFO(list << ": " << (added ? "" : added.error().message()));
  REQUIRE(added);
  return services;
}

std::string banner_of(const std::string& text) { return services_of("banner:" + text).at(0).text; }

std::string refusal_of(std::string_view list) {
  std::vector<TestService> services;
  const auto added = add_test_services(services, list);
  return added ? "" : added.error().detail;
}

TEST_CASE("services are named with protocol, port and text, or take what is usual") {
  const auto services = services_of("tcp-echo:7107,udp-echo:7107,discard,daytime,banner:hello");
  REQUIRE(services.size() == 5);
  CHECK(services[0] == TestService{"echo", Protocol::Tcp, 7107});
  CHECK(services[1] == TestService{"echo", Protocol::Udp, 7107});
  CHECK(services[2] == TestService{"discard", Protocol::Tcp, 7009});
  CHECK(services[3] == TestService{"daytime", Protocol::Tcp, 7013});
  CHECK(services[4] == TestService{"banner", Protocol::Tcp, 7017, "hello\r\n"});
}

TEST_CASE("a banner may be quoted, hold commas and colons, and escapes as in C") {
  CHECK(banner_of("7018:SSH-2.0-x") == "SSH-2.0-x\r\n");
  CHECK(banner_of(R"("hello, you: here")") == "hello, you: here\r\n");
  CHECK(banner_of(R"("say \"hi\"\\\t\x00\n")") == std::string("say \"hi\"\\\t\0\n", 12));
  CHECK(services_of(R"(banner:7018:"a,b",echo)").size() == 2);
}

TEST_CASE("what is no service is refused with a reason") {
  CHECK(refusal_of("chargen") == "there are echo, discard, daytime, banner");
  CHECK(refusal_of("") == "there are echo, discard, daytime, banner");
  CHECK(refusal_of("echo,") == "there are echo, discard, daytime, banner");
  CHECK(refusal_of("echo:65536") == "ports are 0 (any) to 65535");
  CHECK(refusal_of("echo:7,echo:7") == "port 7 is served already");
  CHECK(refusal_of("echo:hello") == "only banner has a text");
  CHECK(refusal_of("banner") == R"(it needs a text, as in banner:"hello")");
  CHECK(refusal_of("udp-banner:x") == "it is of TCP alone");
  CHECK(refusal_of(R"(banner:"\q")") == R"(\r, \n, \t, \xHH, \" and \\ are known)");
  CHECK(refusal_of(R"(banner:\x4)") == R"(\r, \n, \t, \xHH, \" and \\ are known)");
}

TEST_CASE("protocols are pretended on their usual port or another one") {
  std::vector<TestService> services;
  REQUIRE(add_pretended_services(services, "mpd,predict,http:8081"));
  REQUIRE(services.size() == 3);
  CHECK(services[0] == TestService{"mpd", Protocol::Tcp, 6600, "", true});
  CHECK(services[1] == TestService{"predict", Protocol::Udp, 1210, "", true});
  CHECK(services[2].port == 8081);
  CHECK_FALSE(add_pretended_services(services, "gopher"));
  CHECK_FALSE(add_pretended_services(services, "udp-mpd:1"));
  CHECK_FALSE(add_pretended_services(services, "mpd:6601:text"));
}

}  // namespace
}  // namespace sockutils::test::service_list_test
