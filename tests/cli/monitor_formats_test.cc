// What sockmon prints without a screen, in every format that the tools have.
#include <rapidjson/document.h>

#include "cli/program.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace cli::monitor_formats_test {
namespace {

using namespace sockutils::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

Result print(std::vector<std::string> words) {
  words.insert(words.end(), {"--frames=2", "--interval=0.2", "--no-capture", "--tcp"});
  return cli::sockls(words, {.program = tool_path("sockmon")});
}

}  // namespace

TEST_CASE("every format of the tools is one of the monitor's, and shows each socket in each frame") {
  REQUIRE_PRIVATE_NETWORK();
  const sockutils::UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string port = std::to_string(SocketAddress::local_of(listener.get()).port());
  for (const char* const format : {"--batch", "--json", "--jsonl", "--csv", "--vertical", "--markdown"}) {
    INFO(format);
    const Result result = print({format, "port", port});
    CHECK(result.status == 0);
    std::size_t found = 0;
    for (const std::string& line : lines(result.out)) found += line.find(port) != std::string::npos ? 1U : 0U;
    CHECK(found == 2);
  }
}

TEST_CASE("frames are one JSON document, and one table of comma-separated values") {
  REQUIRE_PRIVATE_NETWORK();
  const sockutils::UniqueFd listener = make_tcp_listener(AF_INET, 1);
  rapidjson::Document document;
  document.Parse(print({"--json"}).out.c_str());
  REQUIRE(document.IsObject());
  REQUIRE(document["rows"].Size() == 2);
  CHECK(document["rows"][0]["frame"].GetInt() == 1);
  CHECK(document["rows"][1]["frame"].GetInt() == 2);
  CHECK(std::string(document["rows"][1]["change"].GetString()) == "same");
  const auto csv = lines(print({"--csv"}).out);
  REQUIRE(csv.size() == 3);
  CHECK_THAT(csv[0], StartsWith("frame,time,change,protocol,"));
  CHECK_THAT(csv[2], StartsWith("2,20"));
}

TEST_CASE("a frame in Markdown is a line of text, and a table after an empty one") {
  REQUIRE_PRIVATE_NETWORK();
  const sockutils::UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const auto text = lines(print({"--markdown"}).out);
  REQUIRE(text.size() > 4);
  CHECK_THAT(text[0], Contains("1 socket"));
  CHECK(text[1].empty());
  CHECK_THAT(text[2], StartsWith("|"));
  CHECK_THAT(text[3], StartsWith("| ---"));
  CHECK_THAT(text[4], StartsWith("|   | tcp | LISTEN |"));
}

}  // namespace cli::monitor_formats_test
