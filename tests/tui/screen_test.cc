// The real program in a terminal of the test's own.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/terminal.h"

namespace tui::test::screen_test {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;
using namespace sockutils::test;

/// A listener that the monitor has to show.
class Shown {
 public:
  Shown()
      : listener_(make_tcp_listener(AF_INET, 7)), port_(SocketAddress::local_of(listener_.get()).port()) {}
  std::string end() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string port() const { return std::to_string(port_); }

 private:
  sockutils::UniqueFd listener_;
  std::uint16_t port_;
};

/// What leaves the alternate page of an xterm.
constexpr std::string_view LeavesPage = "\x1b[?1049l";

TEST_CASE("the monitor shows a listener, and leaves the terminal as it was") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-i", "0.2"});
  REQUIRE(terminal.shows(shown.end()));
  CHECK_THAT(terminal.line(0), Contains("1 Sockets") && Contains("every "));
  CHECK_FALSE(terminal.is_as_it_was());
  terminal.press("q");
  CHECK(terminal.end() == 0);
  CHECK(terminal.is_as_it_was());
  CHECK_THAT(terminal.written(), Contains(std::string(LeavesPage)));
}

TEST_CASE("signals end the monitor as a key does") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const Shown shown;
    Terminal terminal({});
    REQUIRE(terminal.shows(shown.end()));
    ::kill(terminal.pid(), signal);
    CHECK(terminal.end() == 0);
    CHECK(terminal.is_as_it_was());
    CHECK_THAT(terminal.written(), Contains(std::string(LeavesPage)));
  }
}

TEST_CASE("a crash gives the terminal back first") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({});
  REQUIRE(terminal.shows(shown.end()));
  ::kill(terminal.pid(), SIGSEGV);
  const auto status = terminal.end();
  REQUIRE(status);
  CHECK(*status != 0);
  CHECK(terminal.is_as_it_was());
  CHECK_THAT(terminal.written(), Contains(std::string(LeavesPage)));
}

TEST_CASE("the monitor can be suspended, and comes back with its whole screen") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-i", "0.2"});
  REQUIRE(terminal.shows(shown.end()));
  terminal.press("\x1a");
  int status = 0;
  REQUIRE(::waitpid(terminal.pid(), &status, WUNTRACED) == terminal.pid());
  REQUIRE(WIFSTOPPED(status));
  CHECK(terminal.is_as_it_was());
  terminal.read_for(50ms);
  ::kill(terminal.pid(), SIGCONT);
  CHECK(terminal.shows(shown.end()));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("keys reach panes, help, prompts and details") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-i", "0.2"});
  REQUIRE(terminal.shows(shown.end()));
  terminal.press("4");
  CHECK(terminal.shows("BACKLOG"));
  terminal.press("\t");
  CHECK(terminal.shows("INTERFACE"));
  terminal.press("1");
  terminal.press("?");
  CHECK(terminal.shows("a page down"));
  terminal.press("\x1b");
  CHECK(terminal.shows_no_more("a page down"));
  terminal.press("/" + shown.port() + "\r");
  terminal.press("\r");
  CHECK(terminal.shows("cookie"));
  CHECK(terminal.shows("LISTEN"));
  terminal.press("\x1b[B\x1b[B\x1b");
  CHECK(terminal.shows("PROTO"));
  terminal.press("\x03");
  CHECK(terminal.end() == 0);
}

TEST_CASE("a filter hides rows as it is typed, and its faults are said in place") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  const Shown hidden;
  Terminal terminal({"-i", "0.2"});
  REQUIRE(terminal.shows(hidden.end()));
  terminal.press("fport " + shown.port());
  CHECK(terminal.shows_no_more(hidden.end()));
  CHECK(terminal.shows(shown.end()));
  terminal.press(" and stat = listen");
  CHECK(terminal.shows("did you mean state?"));
  terminal.press("\x1b");
  CHECK(terminal.shows(hidden.end()));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("a connection that opens and closes is seen to do so") {
  REQUIRE_PRIVATE_NETWORK();
  Terminal terminal({"-i", "0.2"});
  REQUIRE(terminal.shows("every"));
  terminal.read_for(500ms);
  std::string peer;
  {
    const auto connection = make_tcp_connection();
    peer = "127.0.0.1:" + std::to_string(SocketAddress::local_of(connection.client.get()).port());
    CHECK(terminal.shows(peer));
    CHECK_THAT(terminal.screen(), Contains("+ tcp"));
  }
  CHECK(terminal.shows("CLOSED"));
  CHECK(terminal.shows_no_more("CLOSED"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("the monitor runs on any terminal that curses knows, coloured or not") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  for (const char* const term : {"xterm-256color", "xterm", "linux", "vt100", "screen", "ansi", "rxvt"}) {
    if (::access((std::string("/lib/terminfo/") + term[0] + "/" + term).c_str(), F_OK) != 0 &&
        ::access((std::string("/usr/share/terminfo/") + term[0] + "/" + term).c_str(), F_OK) != 0)
      continue;
    INFO(term);
    Terminal terminal({}, {.term = term});
    CHECK(terminal.shows(shown.end()));
    terminal.press("q");
    CHECK(terminal.end() == 0);
  }
}

TEST_CASE("listeners are green, and nothing is when colours are not wanted") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  const auto coloured_cells = [&](const TerminalSettings& settings) {
    Terminal terminal({}, settings);
    REQUIRE(terminal.shows(shown.end()));
    const VTermColor plain = terminal.cell(50, 15).fg;
    std::size_t count = 0;
    for (std::size_t row = 3; row < 20; ++row)
      for (std::size_t column = 0; column < 100; ++column)
        if (const VTermColor colour = terminal.cell(column, row).fg;
            ::vterm_color_is_equal(&plain, &colour) == 0)
          ++count;
    return count;
  };
  CHECK(coloured_cells({}) > 0);
  CHECK(coloured_cells({.environment = {"NO_COLOR=1"}}) == 0);
  CHECK(coloured_cells({.term = "vt100"}) == 0);
}

TEST_CASE("a locale without UTF-8 gets ASCII alone") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-i", "0.2"}, {.locale = "C"});
  REQUIRE(terminal.shows(shown.end()));
  terminal.press("sl\r?");
  terminal.read_for(300ms);
  for (const char byte : terminal.written()) CHECK(static_cast<unsigned char>(byte) < 0x80);
}

TEST_CASE("what cannot be drawn on is refused in words") {
  struct Refusal {
    TerminalSettings settings;
    std::string words;
  };
  const std::vector<Refusal> refusals{
      {{.term = "no-such-terminal"}, "nothing is known of TERM=no-such-terminal"},
      {{.term = ""}, "TERM is not set"},
      {{.term = "dumb"}, "TERM=dumb cannot place its cursor"},
  };
  for (const Refusal& refusal : refusals) {
    INFO(refusal.words);
    Terminal terminal({}, refusal.settings);
    CHECK(terminal.end() == 3);
    CHECK_THAT(terminal.written(), Contains(refusal.words));
    CHECK(terminal.is_as_it_was());
  }
}

TEST_CASE("nothing is written when nothing changes") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-i", "0.1", "-l"});
  REQUIRE(terminal.shows(shown.end()));
  // The first rates, and the mark of what is new, come and go.
  terminal.read_for(6s);
  // Where looks take long, the interval is stretched, which is said, and said no more.
  std::size_t bytes = 1;
  for (int i = 0; i < 5 && bytes > 0; ++i) bytes = terminal.read_for(2s);
  CHECK(bytes == 0);
}

/// Presses Ctrl-L and tells whether that changes anything that is to be seen.
bool redraws_alike(Terminal& terminal) {
  terminal.read_for(150ms);
  const std::string before = terminal.screen();
  terminal.press("\x0c");
  terminal.read_for(150ms);
  return terminal.screen() == before;
}

TEST_CASE("a thousand resizes leave a whole screen, or one that still quits") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-l"});
  REQUIRE(terminal.shows(shown.end()));
  std::mt19937 random(3);
  const auto number = [&](unsigned short least, unsigned short most) {
    return static_cast<unsigned short>(std::uniform_int_distribution<unsigned>(least, most)(random));
  };
  for (int i = 0; i < 1000; ++i) {
    const bool huge = number(0, 20) == 0;
    terminal.resize(number(1, huge ? 500 : 130), number(1, huge ? 200 : 40));
    if (number(0, 4) == 0) terminal.press(std::string(1, "12345?sf\x1bjk"[number(0, 10)]));
    if (number(0, 3) == 0) terminal.read_for(2ms);
  }
  terminal.read_for(200ms);
  terminal.press("\x1b");
  terminal.read_for(100ms);
  terminal.press("\x1b");
  terminal.read_for(100ms);
  terminal.press("1");
  terminal.resize(100, 24);
  CHECK(terminal.shows(shown.end()));
  CHECK(redraws_alike(terminal));
  terminal.press("q");
  CHECK(terminal.end() == 0);
  CHECK(terminal.is_as_it_was());
}

TEST_CASE("every small size is drawn, and still quits") {
  REQUIRE_PRIVATE_NETWORK();
  for (const auto& [columns, rows] : std::vector<std::pair<unsigned short, unsigned short>>{
           {1, 1}, {2, 1}, {1, 5}, {5, 3}, {10, 2}, {500, 200}}) {
    INFO(columns << "x" << rows);
    Terminal terminal({"-i", "0.1"}, {.columns = columns, .rows = rows});
    terminal.read_for(400ms);
    terminal.press("?");
    terminal.read_for(50ms);
    terminal.press("\x03");
    CHECK(terminal.end() == 0);
  }
}

TEST_CASE("Ctrl-C ends the monitor also in the middle of what a mouse says") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({});
  REQUIRE(terminal.shows(shown.end()));
  terminal.press("\x1b[<0;10");
  terminal.read_for(100ms);
  ::kill(terminal.pid(), SIGSTOP);
  terminal.press(";5M\x03");
  ::kill(terminal.pid(), SIGCONT);
  CHECK(terminal.end() == 0);
}

TEST_CASE("random keys bring nothing down, and what is on the screen is what a redraw gives") {
  REQUIRE_PRIVATE_NETWORK();
  const Shown shown;
  Terminal terminal({"-l"});
  REQUIRE(terminal.shows(shown.end()));
  std::mt19937 random(11);
  const std::vector<std::string> keys{
      "j", "k", "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1bOP", "\r",   "\x1b",     "\t",
      "1", "2", "3",      "4",      "5",       "/",       "f",      "s",    "<",        ">",
      "r", "z", "p",      "?",      "x",       "a",       " ",      "\x7f", "\xc3\xa9", "\x1b[<0;10;5M",
      "G", "g", "h",      "l",      "n",       "N"};
  for (int i = 0; i < 10'000; ++i) {
    terminal.press(keys[std::uniform_int_distribution<std::size_t>(0, keys.size() - 1)(random)]);
    if (i % 20 == 0) terminal.read_for(1ms);
  }
  CHECK(redraws_alike(terminal));
  terminal.press("\x03");
  CHECK(terminal.end() == 0);
  CHECK(terminal.is_as_it_was());
}

}  // namespace
}  // namespace tui::test::screen_test
