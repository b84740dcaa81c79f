#include "sockutils/services.h"

#include "support/catch.h"

namespace sockutils::test::services_test {
namespace {

constexpr std::string_view File =
    "# Network services, Internet style\n"
    "ssh\t\t22/tcp\t\t\t\t# SSH Remote Login Protocol\n"
    "  smtp 25/tcp mail\n"
    "domain\t53/tcp\n"
    "domain\t53/udp nameserver\n"
    "http            80/tcp          www www-http    # WorldWideWeb HTTP\n"
    "predict\t1210/UDP\r\n"
    "thing 80/sctp\n"
    "\n"
    "broken\n"
    "alsobroken 99999/tcp\n"
    "again 12\n"
    "nothing 12/\n"
    "last 6600/tcp mpd";

}  // namespace

TEST_CASE("a port has a name for each protocol") {
  const Services services = Services::parse(File);
  CHECK(services.name(22, "tcp") == "ssh");
  CHECK(services.name(22, "udp").empty());
  CHECK(services.name(80, "tcp") == "http");
  CHECK(services.name(80, "sctp") == "thing");
  CHECK(services.name(1210, "udp") == "predict");
  CHECK(services.name(25, "tcp") == "smtp");
  CHECK(services.name(6600, "tcp") == "last");
  CHECK(services.name(4, "tcp").empty());
}

TEST_CASE("a name and its aliases lead to ports") {
  const Services services = Services::parse(File);
  CHECK(services.ports("www-http") == std::vector<std::uint16_t>{80});
  CHECK(services.ports("mail") == std::vector<std::uint16_t>{25});
  CHECK(services.ports("domain") == std::vector<std::uint16_t>{53});
  CHECK(services.ports("nameserver", "udp") == std::vector<std::uint16_t>{53});
  CHECK(services.ports("nameserver", "tcp").empty());
  CHECK(services.ports("unheard-of").empty());
}

TEST_CASE("broken lines are counted and do not hide the others") {
  const Services services = Services::parse(File);
  CHECK(services.broken_lines() == 4);
  CHECK(services.size() == 8);
  CHECK(Services::parse("").size() == 0);
  CHECK(Services::parse(std::string(100'000, 'x')).broken_lines() == 1);
  CHECK(Services::parse(std::string("a\0b 1/tcp", 9)).size() == 1);
}

TEST_CASE("this machine's services can be read, or the reason is said") {
  const auto services = Services::load();
  if (services) {
    CHECK(services->name(22, "tcp") == "ssh");
  } else {
    CHECK(services.error().message().find("/etc/services") != std::string::npos);
  }
}

}  // namespace sockutils::test::services_test
