// Command lines that are wrong: a clear message, and exit status 2.

#include "cli/program.h"
#include "support/catch.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace usage_test {
namespace {

void check_refused(const std::vector<std::string>& arguments, const std::string& message) {
  const cli::Result result = sockls(arguments);
  INFO("sockls " << arguments.front());
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(message));
  CHECK(result.err.starts_with("sockls: "));
}

}  // namespace

TEST_CASE("an unknown option is refused with the one that was meant") {
  check_refused({"--lisening"}, "unknown option --lisening, did you mean --listening?");
  check_refused({"-tY"}, "unknown option -Y");
  check_refused({"--columns"}, "needs a value");
  check_refused({"--tcp=1"}, "takes no value");
}

TEST_CASE("an unknown field is refused with the one that was meant") {
  check_refused({"--columns", "local_prot"}, "unknown field 'local_prot', did you mean local_port?");
  check_refused({"--columns=+xyzzyplugh"}, "--list-fields");
  check_refused({"--sort", "-tcp_rttt"}, "did you mean tcp_rtt?");
  check_refused({"--columns", "pid,,fd"}, "empty field name");
  check_refused({"--columns", "pid,+fd"}, "either names, or names with + and -");
}

TEST_CASE("unknown states, families, kinds, sources and colours are refused") {
  check_refused({"--state", "listning"}, "unknown state 'listning', did you mean listen?");
  check_refused({"--state", "established,"}, "unknown state ''");
  check_refused({"-f", "ined"}, "unknown family 'ined', did you mean inet?");
  check_refused({"-A", "tcp,upd"}, "did you mean udp?");
  check_refused({"--source=netlnk"}, "did you mean netlink?");
  check_refused({"--color=sometimes"}, "auto, always, never");
}

TEST_CASE("options that exclude each other are refused") {
  check_refused({"--json", "--csv"}, "--json and --csv exclude each other");
  check_refused({"-l", "--state=time-wait"}, "no state in common");
}

TEST_CASE("a time to wait that is not a number of seconds is refused") {
  for (const char* value : {"-1", "nan", "inf", "1e400", "5s", "0x10", "1,5", " 1", "true"}) {
    check_refused({std::string("--wait=") + value}, "--wait");
  }
  check_refused({"--wait="}, "lacks its value");
}

TEST_CASE("a broken filter is refused with a caret under the fault") {
  check_refused({"(sport = 22"}, "^");
  check_refused({"dst", "300.1.1.1"}, "^");
  check_refused({"dst 2001:db8::/129"}, "^");
  check_refused({"port = 70000"}, "^");
  check_refused({"prosess = nginx"}, "did you mean");
  check_refused({"state", "listen", "and"}, "^");
}

TEST_CASE("the caret of a broken filter stands under the word that is wrong") {
  const cli::Result result = sockls({"pid", "=", "1", "and", "dpotr = 22"});
  const auto text = cli::lines(result.err);
  REQUIRE(text.size() >= 3);
  const std::size_t caret = text[2].find('^');
  REQUIRE(caret != std::string::npos);
  CHECK(text[1].substr(caret, 5) == "dpotr");
}

TEST_CASE("an empty filter is refused, for it is a variable that was not set") {
  check_refused({""}, "empty filter");
  check_refused({"-t", "  "}, "empty filter");
  check_refused({"state listen and", ""}, "empty filter");
}

TEST_CASE("escape sequences in a command line do not reach the terminal") {
  for (const char* argument : {"--\x1b[31m", "\x1b[31m = 1", "pid = \x1b]0;x\x07"}) {
    const cli::Result result = sockls({argument});
    CHECK(result.status == 2);
    CHECK(result.err.find('\x1b') == std::string::npos);
  }
}

}  // namespace usage_test
