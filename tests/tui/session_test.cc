#include "tui/view/session.h"

#include <random>
#include <set>

#include "support/catch.h"
#include "tests/tui/session_screen.h"

namespace tui::test::session_test {
namespace {

using Catch::Matchers::Contains;
using sockutils::State;

TEST_CASE("a session says that it looks before it has seen anything") {
  Screen screen;
  CHECK_THAT(screen.text(), Contains("looking"));
}

TEST_CASE("sockets are on the screen with their rates") {
  Screen screen;
  screen.look(two_sockets());
  screen.look(two_sockets(3'000'000));
  CHECK_THAT(screen.text(), Contains("192.0.2.2:2001") && Contains("2.9M") && Contains("curl/42") &&
                                Contains("0.0.0.0:8080") && Contains("in 2.9M/s"));
}

TEST_CASE("keys go through the panes, and around") {
  Screen screen;
  screen.look(two_sockets());
  const auto screen_of = [&](std::size_t pane) {
    screen.press(static_cast<char>('1' + pane));
    return screen.text();
  };
  std::vector<std::string> screens;
  for (std::size_t i = 0; i < panes().size(); ++i) screens.push_back(screen_of(i));
  CHECK(std::set<std::string>(screens.begin(), screens.end()).size() == panes().size());
  for (const std::string& next : screens) {
    screen.press({KeyKind::Tab});
    CHECK(screen.text() == next);
  }
  screen_of(0);
  for (auto before = screens.rbegin(); before != screens.rend(); ++before) {
    screen.press({KeyKind::BackTab});
    CHECK(screen.text() == *before);
  }
}

TEST_CASE("the number of a pane that is not there changes nothing") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('2');
  const std::string before = screen.text();
  REQUIRE(panes().size() < 9);
  screen.press('9');
  CHECK(screen.text() == before);
}

TEST_CASE("a paused view stands still, says so, and goes on with what came meanwhile") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('p');
  CHECK_THAT(screen.line(0), Contains("PAUSED"));
  screen.look({SampleSocket(7).owner(1, "later")});
  CHECK_THAT(screen.text(), Contains("curl") && !Contains("later"));
  screen.press('p');
  CHECK_THAT(screen.text(), Contains("later") && !Contains("PAUSED"));
}

TEST_CASE("a paused view still moves, sorts and changes panes") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('p');
  screen.press('2');
  CHECK_THAT(screen.text(), Contains("curl") && Contains("PAUSED"));
}

TEST_CASE("a filter takes effect as it is typed, as soon as it can be read") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('f');
  screen.type("state = ");
  CHECK_FALSE((*screen).take_request_change());
  CHECK_THAT(screen.line(19), Contains("filter: state = ") && Contains("expected"));
  screen.type("listen");
  CHECK((*screen).take_request_change());
  CHECK((*screen).request().query.filter.to_string() == "state = listen");
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("filter: state = listen"));
  screen.press({KeyKind::Escape});
  CHECK((*screen).request().query.filter.matches_everything());
}

TEST_CASE("a filter that is given up leaves the one before in force") {
  Screen screen(120, 20, "port 80");
  screen.press('f');
  screen.type(" or port 443");
  CHECK((*screen).request().query.filter.to_string() != "port 80");
  screen.press({KeyKind::Escape});
  CHECK_THAT(screen.text(), Contains("filter: port 80"));
  const auto before = sockutils::Filter::parse("port 80", {});
  CHECK((*screen).request().query.filter.to_string() == before->to_string());
}

TEST_CASE("a filter that cannot be read is not accepted") {
  Screen screen;
  screen.press('f');
  screen.type("stat = listen");
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.line(19), Contains("filter: stat = listen") && Contains("did you mean state?"));
  CHECK((*screen).request().query.filter.matches_everything());
}

TEST_CASE("TIME_WAIT sockets are looked at when a filter asks for them") {
  Screen screen;
  CHECK_FALSE((*screen).request().query.states.contains(State::TimeWait));
  screen.press('f');
  screen.type("state = time-wait");
  CHECK((*screen).request().query.states.contains(State::TimeWait));
}

TEST_CASE("a search moves to what shows the text, and says when nothing does") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('/');
  screen.type("8080");
  screen.press({KeyKind::Enter});
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("0.0.0.0:8080"));
  screen.press({KeyKind::Escape});
  screen.press('/');
  screen.type("nowhere");
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.line(19), Contains("nothing here shows 'nowhere'"));
}

TEST_CASE("Enter on a process leaves its sockets") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('2');
  screen.press('/');
  screen.type("web");
  screen.press({KeyKind::Enter});
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("filter: pid = 43"));
  CHECK((*screen).request().query.filter.to_string() == "pid = 43");
}

TEST_CASE("Enter on a socket asks for all about it, and Escape for no more") {
  Screen screen;
  screen.look({SampleSocket(5)});
  screen.press({KeyKind::Enter});
  REQUIRE((*screen).request().detail);
  CHECK((*screen).request().detail->filter == "cookie = 5 and local_port = 1000");
  CHECK_THAT(screen.text(), Contains("looking"));
  auto details = std::make_shared<Details>();
  details->key = (*screen).request().detail->key;
  details->remarks = {"the application does not read"};
  details->facts = {{"tcp", "tcp_rtt", "30ms", "Smoothed round-trip time"}};
  (*screen).take(std::move(details));
  CHECK_THAT(screen.text(), Contains("the application does not read") && Contains("tcp_rtt") &&
                                Contains("30ms") && Contains("Smoothed round-trip time"));
  screen.press({KeyKind::Escape});
  CHECK_FALSE((*screen).request().detail);
  CHECK_THAT(screen.text(), Contains("PROTO"));
}

TEST_CASE("details of a socket whose packets are not counted say why it has no rates") {
  Screen screen;
  Frame frame = SampleBook().look({SampleSocket(5).set("protocol", sockutils::Protocol::Udp)});
  frame.packets.refusal = "capture: Operation not permitted";
  (*screen).take(std::make_shared<const Frame>(std::move(frame)), Clock::time_point{1h});
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("no rates: the kernel counts no bytes") && Contains("not permitted"));
}

TEST_CASE("details of another socket than that on the page are not shown") {
  Screen screen;
  screen.look({SampleSocket(5)});
  screen.press({KeyKind::Enter});
  auto details = std::make_shared<Details>();
  details->key = {999, 999};
  details->remarks = {"of another"};
  (*screen).take(std::move(details));
  CHECK_THAT(screen.text(), !Contains("of another"));
}

TEST_CASE("the order is chosen from a menu, or by going from column to column") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('s');
  screen.type("l");
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.text(), Contains("LOCAL^"));
  screen.press('r');
  CHECK_THAT(screen.text(), Contains("LOCALv"));
  screen.press('>');
  CHECK_THAT(screen.text(), Contains("PEER^"));
  screen.press('<');
  CHECK_THAT(screen.text(), Contains("LOCAL^"));
}

TEST_CASE("the interval is changed by keys, within bounds") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('+');
  CHECK((*screen).request().interval == 2s);
  for (int i = 0; i < 50; ++i) screen.press('-');
  CHECK((*screen).request().interval == 100ms);
  for (int i = 0; i < 50; ++i) screen.press('+');
  CHECK((*screen).request().interval == 1h);
  CHECK((*screen).take_request_change());
}

TEST_CASE("help is made of the table of keys, and tells what is missing") {
  Screen screen(200, 200);
  Frame frame = screen.book().look(two_sockets());
  frame.warnings = {
      {sockutils::Warning::Kind::OwnersMissing, "the owner of 1 socket is unknown", "run as root"}};
  (*screen).take(std::make_shared<const Frame>(std::move(frame)), screen.book().now());
  CHECK_THAT(screen.text(), Contains("the owner of 1 socket is unknown (run as root)"));
  screen.press('?');
  const std::string text = screen.text();
  for (const Command& command : commands())
    CHECK_THAT(text, Contains(names_of(command)) && Contains(std::string(command.help)));
  CHECK_THAT(text, Contains("What is missing") && Contains("run as root"));
  screen.press('q');
  CHECK_THAT(screen.text(), Contains("PROTO"));
}

TEST_CASE("a failure is on the screen as long as it lasts") {
  Screen screen;
  Frame frame = screen.book().look({});
  frame.failure = "list sockets: Operation not permitted";
  (*screen).take(std::make_shared<const Frame>(std::move(frame)), screen.book().now());
  CHECK_THAT(screen.text(), Contains("Operation not permitted") && Contains("FAILED"));
  screen.look(two_sockets());
  CHECK_THAT(screen.text(), !Contains("FAILED"));
}

TEST_CASE("an interval that was stretched is told") {
  Screen screen;
  Frame frame = screen.book().look({});
  frame.stretched = true;
  frame.interval = 4s;
  (*screen).take(std::make_shared<const Frame>(std::move(frame)), screen.book().now());
  CHECK_THAT(screen.line(0), Contains("every 4s: it takes so long"));
}

TEST_CASE("frozen rows are said to be so") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('z');
  CHECK_THAT(screen.line(0), Contains("FROZEN"));
  screen.press('z');
  CHECK_THAT(screen.line(0), !Contains("FROZEN"));
}

TEST_CASE("q and Ctrl-C quit, a Ctrl-C on any page too") {
  Screen screen;
  CHECK(screen.press('q') == Session::Request::Quit);
  CHECK(screen.press(control_key('c')) == Session::Request::Quit);
  screen.press('?');
  CHECK(screen.press('q') == Session::Request::None);
  screen.press('?');
  CHECK(screen.press(control_key('c')) == Session::Request::Quit);
  CHECK(screen.press(control_key('z')) == Session::Request::Suspend);
  CHECK(screen.press(control_key('l')) == Session::Request::Redraw);
}

TEST_CASE("columns are chosen and put in order as a list, whose faults are said in place") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('c');
  CHECK_THAT(screen.line(19), Contains("columns: ") && Contains("user,processes"));
  screen.press(control_key('u'));
  screen.type("peer,nothing_like_it");
  screen.press({KeyKind::Enter});
  CHECK_THAT(screen.line(19), Contains("unknown column 'nothing_like_it'"));
  screen.press(control_key('u'));
  screen.type("peer,in_rate");
  screen.press({KeyKind::Enter});
  CHECK((*screen).request().columns == Fields{sockutils::find_field("peer"), &InRate});
  CHECK((*screen).take_request_change());
}

TEST_CASE("filters of the configuration are chosen from a menu") {
  Settings settings;
  settings.filters = {{"web", "port 443"}, {"slow", "tcp_rtt > 100ms"}};
  Screen screen(120, 20, {}, settings);
  screen.press('F');
  CHECK_THAT(screen.text(), Contains("web: port 443") && Contains("slow: tcp_rtt > 100ms"));
  screen.press('s');
  screen.press({KeyKind::Enter});
  CHECK((*screen).request().query.filter.to_string() == "tcp_rtt > 100000");
  screen.press('F');
  screen.press({KeyKind::Escape});
  CHECK((*screen).request().query.filter.to_string() == "tcp_rtt > 100000");
}

TEST_CASE("a click goes to a pane, sorts by a heading, chooses a row") {
  Screen screen;
  screen.look(two_sockets());
  screen.text();
  screen.press({KeyKind::Click, 0, 12, 0});
  CHECK_THAT(screen.text(), Contains("SOCKETS"));
  screen.press({KeyKind::Click, 0, 2, 0});
  const std::string heading = screen.line(3);
  const std::size_t local = heading.find("LOCAL");
  REQUIRE(local != std::string::npos);
  screen.press({KeyKind::Click, 0, local, 3});
  CHECK_THAT(screen.text(), Contains("LOCAL^"));
  screen.press({KeyKind::Click, 0, local, 3});
  CHECK_THAT(screen.text(), Contains("LOCALv"));
}

TEST_CASE("a session is drawn at any size, whatever is open") {
  for (const char* const keys : {"", "2", "?", "s", "f", "/x", "4z"}) {
    Screen screen;
    screen.look(two_sockets());
    screen.look(two_sockets(1000));
    screen.type(keys);
    for (std::size_t width = 1; width < 130; width += 4) {
      for (std::size_t height = 1; height < 30; height += 1) {
        screen.resize(width, height);
        screen.text();
        if ((*screen).cursor())
          CHECK(((*screen).cursor()->first < width && (*screen).cursor()->second < height));
      }
    }
  }
}

TEST_CASE("no keys, sockets and sizes bring a session down") {
  std::mt19937 random(7);
  const auto number = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  Screen screen;
  bool quit = false;
  for (int i = 0; i < 20'000; ++i) {
    const Key key = number(3) == 0 ? character_key(static_cast<char32_t>(number(0x80)))
                                   : Key{static_cast<KeyKind>(number(21)), static_cast<char32_t>(number(12)),
                                         number(150), number(40)};
    quit = screen.press(key) == Session::Request::Quit || quit;
    screen.book().wait(std::chrono::milliseconds(number(400)));
    if (number(10) == 0) {
      std::vector<SampleSocket> sockets;
      for (std::uint64_t cookie = number(5) + 1; cookie < 40; cookie += number(5) + 1)
        sockets.push_back(SampleSocket(cookie).bytes(number(1000), number(1000)).owner(3, "any"));
      screen.look(sockets);
    }
    if (number(8) == 0) screen.resize(number(150) + 1, number(40) + 1);
    if (number(4) == 0) screen.text();
  }
  CHECK(quit);
}

}  // namespace
}  // namespace tui::test::session_test
