#include "support/catch.h"
#include "tools/sample_rows.h"

namespace markdown_test {

using namespace sockutils;
using samples::render;

TEST_CASE("a table of Markdown has a heading, a line that aligns columns, and a line for each row") {
  const auto fields = samples::fields({"protocol", "state", "recv_queue"});
  const std::vector<samples::Row> rows{{Protocol::Tcp, State::Listen, std::uint64_t{7}},
                                       {Protocol::Udp, std::nullopt, std::nullopt}};
  CHECK(render(fields, rows, {"markdown"}) ==
        "| PROTO | STATE | RECV-Q |\n"
        "| --- | --- | ---: |\n"
        "| tcp | LISTEN | 7 |\n"
        "| udp | - | - |\n");
}

TEST_CASE("without a heading it is a table all the same") {
  const auto fields = samples::fields({"protocol"});
  CHECK(render(fields, {{Protocol::Tcp}}, {.format = "markdown", .header = false}) ==
        "|  |\n| --- |\n| tcp |\n");
}

TEST_CASE("hostile text stays in its cell, means nothing to Markdown, and does nothing to a terminal") {
  const auto fields = samples::fields({"user"});
  CHECK(render(fields, {{"a|b\n\x1b[31m<b>*_`[x](y)"}}, {"markdown"}) ==
        "| USER |\n| --- |\n"
        "| a\\|b\\\\n\\\\x1b\\[31m\\<b\\>\\*\\_\\`\\[x\\](y) |\n");
}

TEST_CASE("only one format is for whoever looks on, and every one has a word but that") {
  for (const tools::Format& format : tools::formats()) CHECK(format.is_interactive == format.name.empty());
}

}  // namespace markdown_test
