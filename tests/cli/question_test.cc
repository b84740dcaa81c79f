// --quiet and --wait.

#include <chrono>
#include <thread>

#include "cli/program.h"
#include "support/catch.h"

using Catch::Matchers::Contains;
using cli::sockls;
using Clock = std::chrono::steady_clock;
namespace question_test {

using namespace std::chrono_literals;

namespace {

/// A port that was free a moment ago.
unsigned short free_port() { return cli::Listener().port(); }

std::string filter(unsigned short port) { return "listening and port " + std::to_string(port); }

}  // namespace

TEST_CASE("a quiet question is answered by the exit status alone") {
  const cli::Listener listener;
  const cli::Result yes = sockls({"-q", filter(listener.port())});
  CHECK(yes.status == 0);
  CHECK((yes.out + yes.err).empty());
  const cli::Result no = sockls({"-q", filter(free_port())});
  CHECK(no.status == 1);
  CHECK((no.out + no.err).empty());
}

TEST_CASE("a listing that matches nothing is no failure") {
  const cli::Result result = sockls({filter(free_port())});
  CHECK(result.status == 0);
  CHECK(cli::lines(result.out).size() == 1);
}

TEST_CASE("waiting ends as soon as something matches") {
  const unsigned short port = free_port();
  cli::Program waiting({"--wait=30", "--columns=lport", "-H", filter(port)});
  std::this_thread::sleep_for(50ms);
  const cli::Listener listener(port);
  const auto before = Clock::now();
  const cli::Result result = waiting.finish();
  CHECK(result.status == 0);
  CHECK(result.out == std::to_string(port) + "\n");
  CHECK(Clock::now() - before < 5s);
}

TEST_CASE("waiting for ever ends when something matches") {
  const unsigned short port = free_port();
  cli::Program waiting({"--wait", "-q", filter(port)});
  std::this_thread::sleep_for(50ms);
  const cli::Listener listener(port);
  const cli::Result result = waiting.finish();
  CHECK(result.status == 0);
  CHECK((result.out + result.err).empty());
}

TEST_CASE("waiting ends when the time is over") {
  const std::string nothing = filter(free_port());
  const auto before = Clock::now();
  const cli::Result result = sockls({"--wait=0.3", nothing});
  const auto taken = Clock::now() - before;
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("nothing matched"));
  CHECK(taken >= 300ms);
  CHECK(taken < 5s);
  CHECK(sockls({"--wait=0.1", "-q", nothing}).err.empty());
}

TEST_CASE("a document is complete also when nothing matched in time") {
  CHECK(sockls({"--wait=0", "--json", filter(free_port())}).out == "{\"sockets\": [], \"warnings\": []}\n");
}

TEST_CASE("no seconds to wait is one look") {
  const cli::Listener listener;
  CHECK(sockls({"--wait=0", "-q", filter(listener.port())}).status == 0);
  CHECK(sockls({"--wait=0", "-q", filter(free_port())}).status == 1);
}

}  // namespace question_test
