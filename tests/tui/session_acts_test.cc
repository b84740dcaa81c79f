// What a session does to the machine.
#include <cerrno>

#include "support/catch.h"
#include "tests/tui/session_screen.h"

namespace tui::test::session_acts_test {
namespace {

using Catch::Matchers::Contains;
using Noted = std::vector<std::string>;

TEST_CASE("a socket is closed after its target was named in full and y was pressed") {
  Screen screen;
  screen.look({SampleSocket(5).owner(42, "curl")});
  screen.press('K');
  CHECK_THAT(screen.text(), Contains("close this socket?") && Contains("192.0.2.2:2005") &&
                                Contains("curl/42") && Contains("cookie 5"));
  CHECK(screen.actions.noted.empty());
  screen.press('y');
  CHECK(screen.actions.noted == Noted{"close 5"});
  CHECK_THAT(screen.text(), !Contains("close this socket?"));
}

TEST_CASE("any other key closes nothing") {
  for (const Key& key : {character_key(U'n'), character_key(U'Y'), Key{KeyKind::Enter}, Key{KeyKind::Escape},
                         character_key(U'K')}) {
    Screen screen;
    screen.look({SampleSocket(5)});
    screen.press('K');
    screen.press(key);
    CHECK(screen.actions.noted.empty());
    CHECK_THAT(screen.text(), Contains("nothing was closed"));
  }
}

TEST_CASE("the target of a question is the row that was chosen, whatever moves meanwhile") {
  Screen screen;
  screen.look({SampleSocket(5).bytes(0, 0)});
  screen.press('K');
  screen.look({SampleSocket(6).bytes(0, 0), SampleSocket(7).bytes(0, 0)});
  screen.look({SampleSocket(6).bytes(99, 0), SampleSocket(7).bytes(0, 0)});
  CHECK_THAT(screen.text(), Contains("cookie 5"));
  screen.press('y');
  CHECK(screen.actions.noted == Noted{"close 5"});
}

TEST_CASE("a refusal is shown, with what would help") {
  Screen screen;
  screen.look({SampleSocket(5)});
  screen.actions.refusal = EPERM;
  screen.press('K');
  screen.press('y');
  CHECK_THAT(screen.text(), Contains("Operation not permitted") && Contains("CAP_NET_ADMIN"));
  screen.actions.refusal = ENOENT;
  screen.press('K');
  screen.press('y');
  CHECK_THAT(screen.text(), Contains("gone already"));
}

TEST_CASE("a process is held, named and asked for before it is signalled") {
  Screen screen;
  screen.look({SampleSocket(5).owner(42, "curl")});
  screen.press('S');
  CHECK(screen.actions.noted == Noted{"hold 42 of 77"});
  screen.press('k');
  CHECK_THAT(screen.text(), Contains("signal for curl/42"));
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("send KILL to this process?") && Contains("curl"));
  screen.press('y');
  CHECK(screen.actions.noted == Noted{"hold 42 of 77", "signal 9"});
}

TEST_CASE("the pane of processes signals its rows") {
  Screen screen;
  screen.look({SampleSocket(5).owner(42, "curl")});
  screen.press('2');
  screen.press('S');
  CHECK(screen.actions.noted == Noted{"hold 42 of 77"});
}

TEST_CASE("what nobody is known to hold cannot be signalled") {
  Screen screen;
  screen.look({SampleSocket(5)});
  screen.press('S');
  CHECK(screen.actions.noted.empty());
  CHECK_THAT(screen.text(), Contains("no process is known"));
}

TEST_CASE("with --readonly nothing is closed or signalled") {
  Settings settings;
  settings.readonly = true;
  Screen screen(120, 20, {}, settings);
  screen.look({SampleSocket(5).owner(42, "curl")});
  screen.type("KySy");
  CHECK(screen.actions.noted.empty());
  CHECK_THAT(screen.text(), Contains("--readonly"));
}

TEST_CASE("a table is written to the file that was named") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('x');
  screen.press(control_key('u'));
  screen.type("a.json");
  screen.press({KeyKind::Enter});
  CHECK(screen.actions.noted == Noted{"write 2 to a.json"});
  CHECK_THAT(screen.text(), Contains("2 rows are in a.json"));
  screen.press('x');
  screen.press({KeyKind::Escape});
  CHECK(screen.actions.noted.size() == 1);
}

TEST_CASE("a socket under its process is looked at, closed and its process signalled as anywhere") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('2');
  CHECK_THAT(screen.text(), !Contains("192.0.2.2:2001"));
  screen.type("gO");
  CHECK_THAT(screen.text(), Contains("192.0.2.2:2001") && Contains("tcp LISTEN 0.0.0.0:8080"));
  screen.type("/2001");
  screen.press({KeyKind::Enter});
  screen.press('K');
  CHECK_THAT(screen.text(), Contains("close this socket?") && Contains("cookie 1") && Contains("curl/42"));
  screen.press('y');
  CHECK(screen.actions.noted == Noted{"close 1"});
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.line(0), Contains("192.0.2.2:2001"));
  screen.press('q');
  screen.press('o');
  CHECK_THAT(screen.text(), !Contains("192.0.2.2:2001") && Contains("tcp LISTEN 0.0.0.0:8080"));
}

TEST_CASE("a group itself is not closed") {
  Screen screen;
  screen.look(two_sockets());
  screen.type("2K");
  CHECK(screen.actions.noted.empty());
  CHECK_THAT(screen.text(), Contains("sockets are closed one by one"));
}

TEST_CASE("the processes of all tagged rows are signalled after one question") {
  Screen screen;
  screen.look({SampleSocket(5).owner(42, "curl"), SampleSocket(6).owner(42, "curl"),
               SampleSocket(7).owner(43, "web"), SampleSocket(8)});
  screen.type("g    S");
  CHECK(screen.actions.noted == Noted{"hold 42 of 77", "hold 43 of 77"});
  CHECK_THAT(screen.text(), Contains("signal for 2 processes"));
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(),
             Contains("send TERM to these 2 processes?") && Contains("curl/42") && Contains("web/43"));
  screen.press('y');
  CHECK(screen.actions.noted == Noted{"hold 42 of 77", "hold 43 of 77", "signal 15", "signal 15"});
  CHECK_THAT(screen.text(), Contains("the signal was sent to 2 processes"));
}

TEST_CASE("all processes that share a socket can be signalled at once") {
  Screen screen;
  screen.look({SampleSocket(5).owner(42, "web").owner(43, "worker")});
  screen.press('S');
  CHECK_THAT(screen.text(), Contains("which process?") && Contains("all of these"));
  screen.press('a');
  screen.press({KeyKind::Enter});
  CHECK(screen.actions.noted == Noted{"hold 42 of 77", "hold 43 of 77"});
  screen.press({KeyKind::Escape});
  CHECK_THAT(screen.text(), !Contains("send TERM"));
}

TEST_CASE("C puts processes under their containers, and has these looked up") {
  Screen screen;
  const std::vector<SampleSocket> sockets{SampleSocket(5).owner(42, "web", "shop"),
                                          SampleSocket(6).owner(43, "sshd")};
  screen.look(sockets);
  screen.press('C');
  CHECK((*screen).take_request_change());
  CHECK((*screen).request().containers);
  CHECK_THAT(screen.text(), Contains("shop") && Contains("` + web"));
  CHECK((*screen).settings_now().by_container);
  screen.press('C');
  CHECK_THAT(screen.text(), !Contains("shop"));
  CHECK_FALSE((*screen).request().containers);
}

TEST_CASE("the cursor stays on the row that was opened, also when another comes to the top") {
  Screen screen;
  const auto look = [&](std::uint64_t first, std::uint64_t second) {
    screen.look({SampleSocket(5).bytes(first, 0).owner(42, "rsync"),
                 SampleSocket(6).bytes(second, 0).owner(43, "nginx")});
  };
  look(0, 0);
  look(9'000, 10);
  screen.press('2');
  screen.press('o');
  for (std::uint64_t i = 1; i < 6; ++i) {
    screen.book().wait(2s);
    look(9'000, i * 900'000);
  }
  screen.press('o');
  CHECK_THAT(screen.text(), !Contains("` tcp"));
}

}  // namespace
}  // namespace tui::test::session_acts_test
