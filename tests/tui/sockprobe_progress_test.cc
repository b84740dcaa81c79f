// How far sockprobe has come, on a terminal.

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/skip.h"
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

TEST_CASE("of a way it is told at which hop it is, and of both ends which ports are being tried") {
  const auto path = [](std::size_t known, std::size_t all, unsigned ttl) {
    return progress_text(
        sockutils::ProbePathProgress{
            known, all, *sockutils::Address::parse("192.0.2.7"), {sockutils::Protocol::Tcp, 25}, ttl},
        79);
  };
  CHECK(path(0, 1, 7) == "192.0.2.7 tcp/25: hop 7");
  CHECK(path(2, 5, 12) == "2 of 5 ways known, 192.0.2.7 tcp/25: hop 12");
  CHECK(path(0, 1, 0) == "192.0.2.7 tcp/25: its end, and the path MTU");
  using enum sockutils::PairDirection;
  CHECK(progress_text(sockutils::PairProgress{0, 4, ToServer, 1, 2}, 79) ==
        "0 of 4 known, to server: 1 of 2 ports tried");
  CHECK(progress_text(sockutils::PairProgress{2, 4, ToClient, 0, 2}, 79) ==
        "2 of 4 known, to client: the server tries 2 ports");
  CHECK(progress_text(sockutils::PairProgress{0, 4, ToServer, 0, 0}, 20) == "0 of 4 known, waitin");
}

/// In a network with nothing but loopback, where 7200 is silent and a test server runs.
std::vector<std::string> in_network(const std::string& words) {
  const std::string program = SOCKPROBE_PROGRAM;
  const std::string script =
      "trap : INT; ip link set lo up && printf '%s\\n' 'table inet t {' 'chain i {' "
      "'type filter hook input priority 0;' 'tcp dport 7200 drop' '}' '}' | nft -f - && { " +
      program + "d --no-sandbox >/dev/null 2>&1 & server=$!; } && " + program +
      " 127.0.0.1 7077 --until=open --until-timeout=20 --interval=0.05 --quiet && " + program + " " + words +
      "; status=$?; kill $server; wait; exit $status";
  return {"-c", std::string("exec unshare ") + (::geteuid() == 0 ? "-n" : "-rn") + " sh -c \"$0\"", script};
}

bool has_network() {
  const std::string command = std::string("unshare ") + (::geteuid() == 0 ? "-n" : "-rn") +
                              " sh -c 'ip link set lo up && nft list tables' >/dev/null 2>&1";
  return std::system(command.c_str()) == 0;
}

TEST_CASE("--path shows at which hop it is, and takes that back before the way") {
  if (!has_network()) SKIP_OUT_LOUD("no network namespaces, or no nft");
  Terminal terminal(in_network("127.0.0.1 7200 --path --retries=1"), {.program = "/bin/sh"});
  CHECK(terminal.shows("127.0.0.1 tcp/7200: hop 8"));
  CHECK(terminal.end() == 1);
  CHECK(terminal.line(0) == "127.0.0.1 tcp/7200 filtered: no answer from any hop");
  CHECK(terminal.line(1).empty());
}

TEST_CASE("--via shows what is being tried, and takes that back before its table") {
  if (!has_network()) SKIP_OUT_LOUD("no network namespaces, or no nft");
  Terminal terminal(in_network("--via 127.0.0.1 udp/7400 tcp/7401 --datagrams=250 --reverse"),
                    {.columns = 200, .program = "/bin/sh"});
  CHECK(terminal.shows("0 of 4 known, to server: 1 of 2 ports tried"));
  CHECK(terminal.shows("2 of 4 known, to client: the server tries 2 ports"));
  CHECK(terminal.end() == 0);
  CHECK(terminal.line(0).starts_with("PORT"));
  CHECK(terminal.screen().find(" known, ") == std::string::npos);
}

TEST_CASE("Ctrl-C ends --via with what is known, and leaves a clean line") {
  if (!has_network()) SKIP_OUT_LOUD("no network namespaces, or no nft");
  Terminal terminal(in_network("--via 127.0.0.1 udp/7400 --datagrams=1000"), {.program = "/bin/sh"});
  CHECK(terminal.shows("0 of 1 known, to server"));
  terminal.press("\x03");
  CHECK(terminal.shows("sockprobe: interrupted"));
  terminal.end();
  CHECK(terminal.screen().find(" known, ") == std::string::npos);
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
