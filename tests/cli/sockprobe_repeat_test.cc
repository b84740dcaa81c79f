// sockprobe --count, --watch, --until, and Ctrl-C.

#include <poll.h>
#include <rapidjson/document.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include "cli/program.h"
#include "support/catch.h"

namespace cli::sockprobe_repeat_test {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

std::string port_nobody_has() {
  const Listener gone;
  return std::to_string(gone.port());
}

TEST_CASE("sockprobe --count writes a line for each probe and sums up") {
  const Listener listener;
  const std::string open = std::to_string(listener.port());
  const std::string closed = port_nobody_has();
  const Result all = sockprobe({"127.0.0.1", open, "--count=3", "--interval=0.01"});
  CHECK(all.status == 0);
  const auto said = lines(all.out);
  REQUIRE(said.size() == 6);
  CHECK_THAT(said[0], Contains("1  127.0.0.1 tcp/" + open + " open in "));
  CHECK_THAT(said[2], Contains("3  127.0.0.1 tcp/" + open + " open in "));
  CHECK_THAT(said[3], Contains(": 3 probes, 3 open, 0 % lost"));
  CHECK_THAT(said[4], Contains("  min ") && Contains(", max "));
  CHECK_THAT(said[5], Contains("  p50 ") && Contains(", p99 ") && Contains(", jitter "));
  const Result some = sockprobe({"127.0.0.1", open + "," + closed, "--count=2", "--interval=0.01"});
  CHECK(some.status == 1);
  CHECK_THAT(some.out, Contains("tcp/" + closed + ": 2 probes, 2 closed, 0 % lost"));
}

TEST_CASE("for programs each probe has its number, and the summary its numbers") {
  const Listener listener;
  const std::string port = std::to_string(listener.port());
  rapidjson::Document document;
  document.Parse(sockprobe({"127.0.0.1", port, "--count=2", "--interval=0.01", "--json"}).out.c_str());
  REQUIRE_FALSE(document.HasParseError());
  REQUIRE(document["results"].Size() == 2);
  CHECK(document["results"][1]["probe"].GetInt() == 2);
  const std::string first = document["results"][0]["time"].GetString();
  const std::string second = document["results"][1]["time"].GetString();
  CHECK(first.size() == std::string("2026-11-30T01:40:46.375869Z").size());
  CHECK(second > first);
  REQUIRE(document["summary"].Size() == 1);
  CHECK(document["summary"][0]["probes"].GetInt() == 2);
  CHECK(document["summary"][0]["loss"].GetDouble() == 0);
  CHECK(document["summary"][0]["minimum"].GetInt() <= document["summary"][0]["p90"].GetInt());

  const auto rows = lines(sockprobe({"127.0.0.1", port, "--count=2", "--interval=0.01", "--jsonl"}).out);
  REQUIRE(rows.size() == 3);
  document.Parse(rows[2].c_str());
  REQUIRE_FALSE(document.HasParseError());
  CHECK(document["summary"]["open"].GetInt() == 2);
  const auto csv = lines(sockprobe({"127.0.0.1", port, "--count=2", "--interval=0.01", "--csv"}).out);
  REQUIRE(csv.size() == 3);
  CHECK_THAT(csv[0], Catch::Matchers::EndsWith(",probe\r"));
  CHECK_THAT(csv[2], Catch::Matchers::EndsWith(",2\r"));
}

TEST_CASE("Ctrl-C ends a watch with its summary") {
  const Listener listener;
  const std::string port = std::to_string(listener.port());
  Program program({"127.0.0.1", port, "--watch=0.05"}, {.program = tool_path("sockprobe")});
  program.read_until("\n");
  ::kill(program.pid(), SIGINT);
  const Result result = program.finish();
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains(" open, 0 % lost\n  min "));
}

TEST_CASE("Ctrl-C in the middle of a long run writes what is known, and says what is not") {
  const Listener listener;
  const std::string ports = std::to_string(listener.port()) + ",1-500";
  Program program({"127.0.0.1", ports, "--rate=20"}, {.program = tool_path("sockprobe")});
  // Asked for, and answered a moment later.
  pollfd asked{listener.fd(), POLLIN, 0};
  CHECK(::poll(&asked, 1, 30'000) == 1);
  std::this_thread::sleep_for(100ms);
  ::kill(program.pid(), SIGINT);
  const auto begun = std::chrono::steady_clock::now();
  const Result result = program.finish();
  CHECK(std::chrono::steady_clock::now() - begun < 5s);
  CHECK(result.status == 3);
  CHECK_THAT(result.out, Contains("tcp/" + std::to_string(listener.port())));
  CHECK_THAT(result.err, Contains("interrupted: ") && Contains(" of 501 ports were not asked for"));
}

TEST_CASE("sockprobe --until=open waits for a listener, and --until=closed for its end") {
  const std::string port = port_nobody_has();
  Program opening({"127.0.0.1", port, "--until=open", "--interval=0.05", "--until-timeout=30"},
                  {.program = tool_path("sockprobe")});
  opening.read_until("closed: reset");
  auto listener = std::make_unique<Listener>(static_cast<unsigned short>(std::stoi(port)));
  const Result opened = opening.finish();
  CHECK(opened.status == 0);
  CHECK_THAT(opened.out, Contains("1  127.0.0.1 tcp/" + port + " closed: reset"));
  CHECK_THAT(opened.out, Contains(" 1 open, "));
  Program closing({"127.0.0.1", port, "--until=closed", "--interval=0.05", "--until-timeout=30"},
                  {.program = tool_path("sockprobe")});
  closing.read_until(" open");
  listener.reset();
  CHECK(closing.finish().status == 0);
}

TEST_CASE("sockprobe --until ends with 1 when it did not come to that in time") {
  const Result result =
      sockprobe({"127.0.0.1", port_nobody_has(), "--until=open", "--interval=0.05", "--until-timeout=0.3"});
  CHECK(result.status == 1);
}

TEST_CASE("sockprobe --path shows the hops, for people and for programs") {
  const Listener listener;
  const std::string port = std::to_string(listener.port());
  const Result path = sockprobe({"127.0.0.1", port, "--path"});
  CHECK(path.status == 0);
  const auto said = lines(path.out);
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "127.0.0.1 tcp/" + port + " open: syn-ack");
  CHECK_THAT(said[1], Contains("   1  127.0.0.1  ") && Contains(" syn-ack"));
  rapidjson::Document document;
  document.Parse(sockprobe({"127.0.0.1", port, "--path", "--json"}).out.c_str());
  REQUIRE_FALSE(document.HasParseError());
  CHECK(document["results"][0]["state"] == "open");
  CHECK(document["results"][0]["hops"][0]["ttl"].GetInt() == 1);
  CHECK(sockprobe({"127.0.0.1", port, "--path", "--count=2"}).status == 2);
  const auto csv = lines(sockprobe({"127.0.0.1", port, "--path", "--csv"}).out);
  REQUIRE(csv.size() == 2);
  CHECK(csv[0].starts_with(
      "host,address,protocol,port,state,reason,from,hop,hop_from,hop_time,hop_reason,mtu"));
  CHECK_THAT(csv[1], Contains("127.0.0.1,127.0.0.1,tcp," + port + ",open,syn-ack,127.0.0.1,1,127.0.0.1,"));
}

TEST_CASE("numbers and words that make no sense for repeating are refused") {
  for (const auto& [option, says] :
       std::vector<std::pair<std::string, std::string>>{{"--count=0", "a number of probes"},
                                                        {"--watch=never", "a number of seconds"},
                                                        {"--interval=1", "is for --count"},
                                                        {"--until=ajar", "open or closed"},
                                                        {"--until-timeout=1", "is for --until"}}) {
    INFO(option);
    const Result result = sockprobe({"127.0.0.1", "22", option});
    CHECK(result.status == 2);
    CHECK_THAT(result.err, Contains(says));
  }
}

}  // namespace
}  // namespace cli::sockprobe_repeat_test
