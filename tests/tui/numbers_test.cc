#include <vector>

#include "support/catch.h"
#include "tui/view/graph.h"
#include "tui/view/human.h"

namespace tui::test::numbers_test {
namespace {

TEST_CASE("short bytes have three figures at most") {
  CHECK(short_bytes(0) == "0");
  CHECK(short_bytes(999) == "999");
  CHECK(short_bytes(1000) == "1.0K");
  CHECK(short_bytes(1024) == "1.0K");
  CHECK(short_bytes(10'188) == "9.9K");
  CHECK(short_bytes(10'240) == "10K");
  CHECK(short_bytes(1'000'000) == "977K");
  CHECK(short_bytes(1'023'000) == "999K");
  CHECK(short_bytes(1'040'000) == "1.0M");
  CHECK(short_bytes(125'000'000) == "119M");
  CHECK(short_bytes(~std::uint64_t{0}) == "16E");
}

TEST_CASE("short numbers have a tenth only where it tells something") {
  CHECK(short_number(0) == "0");
  CHECK(short_number(0.34) == "0.3");
  CHECK(short_number(9.94) == "9.9");
  CHECK(short_number(9.96) == "10");
  CHECK(short_number(1234.4) == "1234");
}

TEST_CASE("a graph's largest number reaches the top") {
  const std::vector<float> numbers{0, 1, 4, 8};
  CHECK(graph(numbers, 4, Utf8Symbols) == " ▁▄█");
  CHECK(graph(numbers, 4, AsciiSymbols) == " .=#");
}

TEST_CASE("a graph ends with the latest numbers") {
  const std::vector<float> numbers{8, 8, 1};
  CHECK(graph(numbers, 2, AsciiSymbols) == "#.");
  CHECK(graph(numbers, 5, AsciiSymbols) == "  ##.");
  CHECK(graph({}, 3, AsciiSymbols) == "   ");
  CHECK(graph(numbers, 0, AsciiSymbols).empty());
}

TEST_CASE("a graph shows what little there is, and nothing of what is absent") {
  const std::vector<float> numbers{1'000'000, 1, 0, -1};
  CHECK(graph(numbers, 4, AsciiSymbols) == "#.  ");
  const std::vector<float> nothing{-1, -1, 0};
  CHECK(graph(nothing, 3, AsciiSymbols) == "   ");
}

}  // namespace
}  // namespace tui::test::numbers_test
