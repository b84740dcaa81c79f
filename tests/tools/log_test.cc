// Lines that are written as they come.

#include "render/renderer.h"
#include "sockls/extra_fields.h"
#include "sockutils/follow.h"
#include "support/catch.h"

namespace log_test {
namespace {

using sockutils::OptionalValue;
using tools::sockls::TimeField;

std::string log_of(const std::vector<std::vector<OptionalValue>>& rows, tools::Terminal terminal = {}) {
  const std::vector<const sockutils::Field*> fields{sockutils::event_fields().find("detail"), &TimeField};
  tools::Output memory;
  const auto log = tools::make_log({.fields = fields, .out = memory, .terminal = terminal, .header = false});
  log->begin();
  for (const auto& row : rows) log->row(row);
  log->end({});
  return memory.text();
}

OptionalValue text(std::string_view value) { return value; }

}  // namespace

TEST_CASE("the cells of a log line up below the widest so far") {
  CHECK(log_of({{text("a"), text("x")}, {text("abc"), text("y")}, {text("ab"), text("z")}}) ==
        "a x\nabc y\nab  z\n");
}

TEST_CASE("what is not known is a dash in a log") { CHECK(log_of({{std::nullopt, text("x")}}) == "- x\n"); }

TEST_CASE("a name cannot act on the terminal through a log") {
  const std::string line = log_of({{text("\x1b[31mevil\n\x9b"), text("x")}});
  CHECK(line == "\\x1b[31mevil\\n\\x9b x\n");
}

TEST_CASE("a terminal cuts the line of a log, not its cells") {
  tools::Terminal terminal;
  terminal.is_terminal = true;
  terminal.width = 10;
  CHECK(log_of({{text("abcdef"), text("ghijkl")}}, terminal) == "abcdef gh~\n");
}

TEST_CASE("times are local for people, and RFC 3339 for programs") {
  const tools::sockls::WallTime time{std::chrono::microseconds(1'700'000'000'000'123)};
  CHECK(sockutils::time_stamp(time) == "2023-11-14T22:13:20.000123Z");
  CHECK(tools::sockls::time_for_people(time).size() == 12);
  CHECK(tools::sockls::time_for_people(time).substr(8) == ".000");
}

}  // namespace log_test
