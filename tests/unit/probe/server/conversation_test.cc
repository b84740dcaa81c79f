#include "probe/server/pretend.h"
#include "support/catch.h"

namespace sockutils::test::conversation_test {
namespace {

using probe::Answer;
using probe::ServerTalk;
using probe::ServiceProbe;

TEST_CASE("every protocol that is pretended is recognised, however its question is cut") {
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    if (service_probe->transport != Protocol::Tcp) continue;
    INFO(service_probe->name);
    const auto talk = probe::pretend(service_probe->name);
    REQUIRE(talk != nullptr);
    std::string said = talk->greet().bytes;
    if (service_probe->request != nullptr)
      for (const char c : service_probe->request("host.example")) said += talk->hear({&c, 1}).bytes;
    const auto identity = probe::recognise(Protocol::Tcp, {said, service_probe->ports[0]});
    REQUIRE(identity);
    CHECK(identity->name == service_probe->name);
  }
}

TEST_CASE("a pretended server over UDP answers its question, and never an answer") {
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    if (service_probe->transport != Protocol::Udp) continue;
    INFO(service_probe->name);
    const std::string answer = probe::pretend_to_answer(service_probe->name, service_probe->request({}));
    REQUIRE_FALSE(answer.empty());
    CHECK(probe::pretend_to_answer(service_probe->name, answer).empty());
    CHECK(probe::pretend_to_answer(service_probe->name, "").empty());
  }
  // Nor what one of its like says to a stranger.
  CHECK(probe::pretend_to_answer("predict", "Huh?\n").empty());
}

TEST_CASE("an endless question ends the conversation") {
  const auto talk = probe::pretend("http");
  Answer answer;
  for (int i = 0; i < 1000 && !answer.hang_up; ++i) answer = talk->hear("garbage ");
  CHECK(answer.hang_up);
}

TEST_CASE("plain services say what their RFC says") {
  const auto talk_of = [](std::string_view list) {
    std::vector<TestService> services;
    REQUIRE(add_test_services(services, list));
    return probe::talk_of(services.at(0));
  };
  const auto echo = talk_of("echo");
  CHECK(echo->greet().bytes.empty());
  CHECK(echo->hear("a\0b").bytes == "a");
  CHECK(talk_of("discard")->hear("abc").bytes.empty());
  const Answer time = talk_of("daytime")->greet();
  CHECK(time.bytes.ends_with("-UTC\r\n"));
  CHECK(time.hang_up);
  const auto banner = talk_of("banner:hello");
  CHECK(banner->greet().bytes == "hello\r\n");
  CHECK(banner->hear("abc").bytes.empty());
}

}  // namespace
}  // namespace sockutils::test::conversation_test
