#include "support/catch.h"
#include "tools/golden.h"
#include "tools/sample_rows.h"

namespace vertical_test {

using namespace sockutils;
using Catch::Matchers::Contains;
using samples::render;

TEST_CASE("vertical output looks as it was approved") {
  const samples::Listing listing;
  check_golden("sockets-vertical.txt", render(listing.fields(), listing.rows, {"vertical"}));
  check_golden(
      "sockets-vertical-colour.txt",
      render(listing.fields(), {listing.rows[0], listing.rows[6]},
             {.format = "vertical", .terminal = {.is_terminal = true, .width = 80, .colour = true}}));
}

TEST_CASE("vertical output leaves out what is absent, and subjects of which nothing is there") {
  const auto fields = samples::fields({"protocol", "tcp_rtt", "mem_rmem_alloc"});
  CHECK(render(fields, {{Protocol::Tcp, std::uint64_t{1500}, std::nullopt}}, {"vertical"}) ==
        "socket\n  protocol:       tcp\ntcp\n  tcp_rtt:        1.5ms\n");
}

TEST_CASE("vertical output of one subject has no heading") {
  const auto fields = samples::fields({"protocol", "state"});
  CHECK(render(fields, {{Protocol::Tcp, State::Listen}, {Protocol::Udp, State::Unconnected}}, {"vertical"}) ==
        "protocol: tcp\nstate:    LISTEN\n\nprotocol: udp\nstate:    UNCONN\n");
}

TEST_CASE("hostile text cannot make lines of vertical output") {
  const auto fields = samples::fields({"path", "user"});
  const std::string text = render(fields, {{"a\nuser: root\x1b[31m", ""}}, {"vertical"});
  CHECK_THAT(text, Contains("a\\nuser: root\\x1b[31m\n"));
  CHECK_THAT(text, Contains("\"\"\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

}  // namespace vertical_test
