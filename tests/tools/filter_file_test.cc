#include "sockls/filter_file.h"

#include "support/catch.h"

namespace filter_file_test {

using namespace sockutils;
using namespace tools::sockls;

namespace {

std::string explained(std::string_view text) {
  const auto filter = Filter::parse(without_comments(text), {});
  return filter ? "no error" : explain_in_file(filter.error(), "web.filter", text);
}

}  // namespace

TEST_CASE("comments of a filter file are blanked, and every byte keeps its place") {
  CHECK(without_comments("a # b\nc") == "a     c");
  CHECK(without_comments("# b\nc") == "    c");
  CHECK(without_comments("a#b") == "a#b");
  CHECK(without_comments("\"a # b\" # c") == "\"a # b\"    ");
  CHECK(without_comments("'a # b") == "'a # b");
  CHECK(without_comments("a \\# b") == "a \\# b");
  CHECK(without_comments("a #") == "a  ");
  CHECK(without_comments("").empty());
}

TEST_CASE("lines of a filter file are one filter") {
  const auto filter =
      Filter::parse(without_comments("# web\nstate listen # all\nand (sport = :80\n or sport = :443)\n"), {});
  REQUIRE(filter);
  CHECK(filter->to_string() ==
        Filter::parse("state listen and (sport = :80 or sport = :443)", {})->to_string());
}

TEST_CASE("a file of comments alone is a filter that matches everything") {
  CHECK(Filter::parse(without_comments("# nothing\n\n"), {})->matches_everything());
}

TEST_CASE("what is wrong in a filter file is pointed at in its line") {
  CHECK(explained("state listen\n  and tpc_rtt > 5 # slow\n") ==
        "web.filter:2: \"tpc_rtt\" is neither a field nor a state\n"
        "    and tpc_rtt > 5 # slow\n"
        "        ^~~~~~~\n"
        "did you mean \"tcp_rtt\"?\n");
}

TEST_CASE("a filter file that ends too early is pointed at where it ends") {
  const std::string text = explained("state listen\nand (sport = :80 # open\n\n");
  CHECK(text.starts_with("web.filter:2: "));
  CHECK(text.find("\n  and (sport = :80 # open\n") != std::string::npos);
}

TEST_CASE("a filter file that cannot be read is named") {
  CHECK(read_filter_file("/nonexistent/filter", sockutils::system_filter_names()).error().text ==
        "open /nonexistent/filter: No such file or directory");
  CHECK(read_filter_file("/", sockutils::system_filter_names()).error().text == "read /: Is a directory");
  CHECK(read_filter_file("/dev/zero", sockutils::system_filter_names()).error().text ==
        "read /dev/zero: too large for a filter");
}

}  // namespace filter_file_test
