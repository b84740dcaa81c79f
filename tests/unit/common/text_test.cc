#include "common/text.h"

#include <cstdint>

#include "common/parse_number.h"
#include "support/catch.h"

namespace sockutils::test::text_test {

TEST_CASE("what is counted has its plural") {
  CHECK(counted(0, "line") == "0 lines");
  CHECK(counted(1, "line") == "1 line");
  CHECK(counted(2, "line") == "2 lines");
}

TEST_CASE("a number is the whole text or none") {
  CHECK(parse_number<std::uint16_t>("65535") == std::uint16_t{65535});
  CHECK_FALSE(parse_number<std::uint16_t>("65536"));
  CHECK_FALSE(parse_number<std::uint16_t>("-1"));
  CHECK_FALSE(parse_number<std::uint16_t>("+1"));
  CHECK_FALSE(parse_number<std::uint16_t>(" 1"));
  CHECK_FALSE(parse_number<std::uint16_t>("1x"));
  CHECK_FALSE(parse_number<std::uint16_t>(""));
  CHECK(parse_number<std::uint32_t>("0A", 16) == 10u);
}

TEST_CASE("words are split at blanks of any kind") {
  CHECK(split_words("  a\tb \r\n c ") == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(split_words("   ").empty());
}

TEST_CASE("the distance between words counts swaps once") {
  CHECK(edit_distance("rtt", "rtt") == 0);
  CHECK(edit_distance("tcp_rrt", "tcp_rtt") == 1);
  CHECK(edit_distance("lsiten", "listen") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("a word far from all others has none nearest") {
  const std::string_view words[] = {"process", "processes", "protocol"};
  CHECK(nearest_word("proces", words) == "process");
  CHECK(nearest_word("PROTOCL", words) == "protocol");
  CHECK(nearest_word("inode", words).empty());
}

TEST_CASE("a glob matches the whole text") {
  CHECK(matches_glob("/run/*", "/run/systemd/notify"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("a?c", "abc"));
  CHECK(matches_glob("[a-c]x[!0-9]", "bxz"));
  CHECK_FALSE(matches_glob("[a-c]x[!0-9]", "bx1"));
  CHECK_FALSE(matches_glob("/run/", "/run/x"));
  CHECK(matches_glob("[", "["));
  CHECK(matches_glob("a\\*b", "a*b"));
  CHECK_FALSE(matches_glob("a\\*b", "axb"));
  // A pattern that would take exponential time if every star were tried against every other.
  std::string stars;
  for (int i = 0; i < 50; ++i) stars += "a*";
  CHECK_FALSE(matches_glob(stars + "b", std::string(5000, 'a')));
}

}  // namespace sockutils::test::text_test
