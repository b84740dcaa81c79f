// How far sockprobe has come, on a terminal.

#include <csignal>
#include <string>

#include "support/catch.h"
#include "tests/tui/terminal.h"
#include "tools/sockprobe/progress.h"

namespace tui::test::sockprobe_progress_test {
namespace {

using namespace std::chrono_literals;
using tools::sockprobe::progress_text;

/// In a terminal, by a shell, so that its output can go elsewhere.
std::string shell_words(const std::string& words) { return std::string(SOCKPROBE_PROGRAM) + " " + words; }

/// Loopback ports that take three seconds to ask for.
const std::string SlowRun = "127.0.0.1 1-90 --rate 30 --no-identify";

TEST_CASE("the time that is left is told from what is done, once that says something") {
  CHECK(progress_text({.asked = 1, .ports = 1000, .done = 0.001}, 5s, 79) ==
        "0 %: 1 of 1000 ports known, 0 open");
  CHECK(progress_text({.asked = 100, .ports = 1000, .open = 3, .done = 0.1}, 500ms, 79) ==
        "10 %: 100 of 1000 ports known, 3 open");
  CHECK(progress_text({.asked = 100, .ports = 1000, .open = 3, .done = 0.25}, 5s, 79) ==
        "25 %: 100 of 1000 ports known, 3 open, about 15 s left");
  CHECK(progress_text({.identified = 10, .servers = 40, .open = 40, .done = 0.25}, 200s, 79) ==
        "who answers: 10 of 40 open ports, about 10 min left");
  CHECK(progress_text({.asked = 65535, .ports = 65535, .open = 65535, .done = 0.5}, 9h, 79).size() <= 79);
  CHECK(progress_text({.asked = 100, .ports = 1000, .open = 3, .done = 0.25}, 5s, 20) ==
        "25 %: 100 of 1000 po");
}

TEST_CASE("on a terminal sockprobe shows how far it has come, and takes that back before its table") {
  for (const unsigned short columns : {std::uint16_t{80}, std::uint16_t{40}, std::uint16_t{200}}) {
    INFO(columns << " columns");
    Terminal terminal({"-c", shell_words(SlowRun)}, {.columns = columns, .program = "/bin/sh"});
    CHECK(terminal.shows(" %: "));
    CHECK(terminal.shows(" of 90 po"));
    // It stays on its line.
    CHECK(terminal.line(1).empty());
    CHECK(terminal.end() == 1);
    CHECK(terminal.screen().find(" %: ") == std::string::npos);
    CHECK(terminal.line(0).starts_with("HOST"));
  }
}

TEST_CASE("progress goes to standard error, and results elsewhere are as without it") {
  Terminal terminal({"-c", shell_words(SlowRun) + " --csv | wc -l"}, {.program = "/bin/sh"});
  CHECK(terminal.shows(" of 90 ports known"));
  CHECK(terminal.shows_no_more(" of 90 ports known"));
  CHECK(terminal.end() == 0);
  CHECK(terminal.line(0) == "91");
}

TEST_CASE("lines for programs come to a terminal whole, with progress between them") {
  Terminal terminal({"-c", shell_words("127.0.0.1 1-40 --rate 15 --no-identify --jsonl")},
                    {.columns = 200, .rows = 60, .program = "/bin/sh"});
  CHECK(terminal.shows(" of 40 ports known"));
  CHECK(terminal.end() == 1);
  for (std::size_t row = 0; row < 40; ++row) {
    INFO(row);
    CHECK(terminal.line(row).starts_with("{\"host\":\"127.0.0.1\""));
  }
  CHECK(terminal.line(40).empty());
}

TEST_CASE("no progress is shown where nobody sees it, or wants it, or the terminal is too simple for it") {
  for (const std::string& words : {SlowRun + " 2>/dev/null", SlowRun + " --quiet"}) {
    INFO(words);
    Terminal terminal({"-c", shell_words(words)}, {.program = "/bin/sh"});
    CHECK(terminal.end() == 1);
    CHECK(terminal.written().find(" %: ") == std::string::npos);
  }
  Terminal simple({"-c", shell_words(SlowRun)}, {.term = "dumb", .program = "/bin/sh"});
  CHECK(simple.end() == 1);
  CHECK(simple.written().find(" %: ") == std::string::npos);
  CHECK(simple.written().find('\x1b') == std::string::npos);
}

TEST_CASE("Ctrl-C in the middle leaves a clean line") {
  Terminal terminal({"-c", "exec " + shell_words(SlowRun)}, {.program = "/bin/sh"});
  CHECK(terminal.shows(" of 90 ports known"));
  terminal.press("\x03");
  CHECK(terminal.end() == 3);
  CHECK(terminal.screen().find(" %: ") == std::string::npos);
  CHECK(terminal.screen().find("sockprobe: interrupted: ") != std::string::npos);
}

}  // namespace
}  // namespace tui::test::sockprobe_progress_test
