// What happens to those who watch for long: things that go away half-way, clocks that jump, files that are
// not what they should be, no terminal.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tools/golden.h"
#include "tests/tui/sample.h"
#include "tests/tui/session_screen.h"
#include "tests/tui/terminal.h"

namespace tui::test::hardship_test {
namespace {

using Catch::Matchers::Contains;
using namespace sockutils::test;

struct Ended {
  int status = -1;
  std::string words;
};

/// The monitor without a terminal: its input is empty, what it writes goes through a pipe.
Ended run_in_pipes(const std::vector<std::string>& arguments) {
  std::string command = "TERM=xterm " + monitor_program();
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  FILE* const pipe = ::popen((command + " 2>&1 < /dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ended ended;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    ended.words.append(buffer.data(), size);
  ended.status = WEXITSTATUS(::pclose(pipe));
  return ended;
}

std::string bytes_of_scene() {
  std::ifstream file(test_data("tui/recordings/scene.skrec"), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("without a terminal the monitor says so, and what would do without one") {
  const Ended ended = run_in_pipes({});
  CHECK(ended.status == 3);
  CHECK_THAT(ended.words, Contains("terminal") && Contains("--batch"));
}

TEST_CASE("an interval that is none is refused with its bounds") {
  for (const char* const wrong : {"0", "1e9"}) {
    const Ended ended = run_in_pipes({"-i", wrong});
    CHECK(ended.status == 2);
    CHECK_THAT(ended.words, Contains("0.1 to 86400"));
  }
}

TEST_CASE("a recording that is cut, newer, or none is told in words") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/tape";
  const auto play = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return run_in_pipes({"--batch", "--replay", path});
  };
  const std::string whole = bytes_of_scene();
  const Ended cut = play(whole.substr(0, whole.size() - 100));
  CHECK(cut.status == 3);
  CHECK_THAT(cut.words, Contains("the recording is cut"));
  CHECK_THAT(play(whole.substr(0, 16)).words, Contains("nothing follows its header"));
  std::string newer = whole;
  newer[8] = 2;
  const Ended refused = play(newer);
  CHECK(refused.status == 3);
  CHECK_THAT(refused.words, Contains("format 2.") && Contains("this version reads 1.2"));
  CHECK_THAT(play("root:x:0:0\n").words, Contains("no recording"));
  CHECK(play(whole).status == 0);
}

TEST_CASE("an interface that goes away while it is shown leaves, and the view goes on") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE(run_with_rights("ip link add going type veth peer name gone && ip link set going up"));
  Terminal terminal({"-i", "0.2", "--pane=interfaces"});
  REQUIRE(terminal.shows("going"));
  terminal.press("/going\r");
  REQUIRE(run_with_rights("ip link del going"));
  CHECK(terminal.shows_no_more("going"));
  CHECK(terminal.shows("lo "));
  terminal.press("1");
  CHECK(terminal.shows("PROTO"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("a namespace that ends while it is shown is told, and the view goes on") {
  REQUIRE_PRIVATE_NETWORK();
  if (::geteuid() != 0) SKIP_OUT_LOUD("entering another process's namespace takes root");
  auto other = std::make_unique<Child>([] {
    enter_new_network();
    static const auto listener = make_tcp_listener(AF_INET, 5);
  });
  const auto here = make_tcp_listener(AF_INET, 5);
  const std::string port = std::to_string(SocketAddress::local_of(here.get()).port());
  Terminal terminal({"-i", "0.2", "-l", "-N", std::to_string(::getpid()), "-N", std::to_string(other->pid())},
                    {.columns = 160});
  REQUIRE(terminal.shows(":" + port));
  REQUIRE(terminal.shows("NAMESPACE"));
  const std::string closed = "- tui_tests/" + std::to_string(other->pid());
  other.reset();
  CHECK(terminal.shows(closed));
  CHECK(terminal.shows_no_more(closed));
  CHECK(terminal.shows(":" + port));
  terminal.press("?G");
  CHECK(terminal.shows("What is missing"));
  terminal.press("\x1b");
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

/// Has the program see nothing in /proc any more.
bool hide_proc(pid_t pid) {
  return run_with_rights("nsenter -t " + std::to_string(pid) + " -m mount -t tmpfs -o ro none /proc");
}

TEST_CASE("when /proc can be read no more, sockets are still shown with the owners that are known") {
  REQUIRE_PRIVATE_NETWORK();
  if (::geteuid() != 0) SKIP_OUT_LOUD("mounting takes root");
  const auto before = make_tcp_listener(AF_INET, 5);
  const std::string port = std::to_string(SocketAddress::local_of(before.get()).port());
  Terminal terminal({"-m", "--propagation", "private", monitor_program(), "-i", "0.2", "-l"},
                    {.columns = 140, .program = "/usr/bin/unshare"});
  REQUIRE(terminal.shows(":" + port));
  REQUIRE(terminal.shows("tui_tests"));
  if (!hide_proc(terminal.pid())) SKIP_OUT_LOUD("nothing can be mounted here");
  const auto after = make_tcp_listener(AF_INET, 5);
  CHECK(terminal.shows(":" + std::to_string(SocketAddress::local_of(after.get()).port())));
  CHECK_THAT(terminal.screen(), Contains("tui_tests") && Contains(":" + port));
  terminal.press("?G");
  CHECK(terminal.shows("What is missing"));
  terminal.press("\x1b");
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE(
    "after hours in which the machine slept rates are over all of that time, and sockets are still there") {
  SampleBook book;
  const auto open = [](std::uint64_t bytes) {
    return std::vector<SampleSocket>{SampleSocket(1).bytes(bytes, 0), SampleSocket(2).listening(80)};
  };
  book.look(open(0));
  book.look(open(1000));
  const Frame woken = book.look(open(3'600'000), 10h);
  const float rate = row_of(woken, 1)->rates.bytes_in.value_or(0);
  CHECK((rate > 99 && rate < 101));
  CHECK(woken.totals.closed == 0);
  CHECK(woken.totals.opened == 0);
  CHECK(row_of(woken, 1)->mark == Mark::Same);
  CHECK(row_of(woken, 2)->mark == Mark::Same);
  const Frame next = book.look(open(3'605'000));
  CHECK(row_of(next, 1)->rates.bytes_in == 5000.0F);
}

TEST_CASE("what closed before the machine slept is gone when it wakes, what is new is marked for its time") {
  SampleBook book;
  book.look({SampleSocket(1), SampleSocket(2)});
  book.tell(sockutils::EventKind::Closed, SampleSocket(1));
  CHECK(row_of(book.look({SampleSocket(2)}), 1)->mark == Mark::Closed);
  Frame frame = book.look({SampleSocket(2), SampleSocket(3)}, 24h);
  CHECK(row_of(frame, 1) == nullptr);
  CHECK(row_of(frame, 2)->mark == Mark::Same);
  CHECK(row_of(frame, 3)->mark == Mark::New);
  frame = book.look({SampleSocket(2), SampleSocket(3)}, 10s);
  CHECK(row_of(frame, 3)->mark == Mark::Same);
}

TEST_CASE("a clock that stands still, or goes back, makes no rates of it") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(0, 0)});
  book.look({SampleSocket(1).bytes(1000, 0)});
  const Frame still = book.look({SampleSocket(1).bytes(2000, 0)}, 0ms);
  CHECK_FALSE(row_of(still, 1)->rates.bytes_in);
  const Frame back = book.look({SampleSocket(1).bytes(3000, 0)}, -2h);
  CHECK_FALSE(row_of(back, 1)->rates.bytes_in);
  CHECK(row_of(back, 1)->mark == Mark::Same);
  const Frame on = book.look({SampleSocket(1).bytes(4000, 0)}, 3h);
  CHECK(row_of(on, 1)->rates.bytes_in.value_or(0) < 1.0F);
}

TEST_CASE("a screen on which hours passed at once takes keys, and shows what is there") {
  Screen screen;
  screen.look(two_sockets());
  screen.press('j');
  screen.book().wait(20h);
  screen.look(two_sockets(7'200'000));
  CHECK_THAT(screen.text(), Contains("curl") && Contains("8080"));
  CHECK_THAT(screen.text(), Contains("100") && !Contains("7.2M"));
  screen.press('?');
  screen.press(Key{KeyKind::Escape});
  screen.press('p');
  screen.book().wait(1000h);
  screen.press('p');
  CHECK_THAT(screen.text(), Contains("curl"));
  CHECK(screen.press('q') == Session::Request::Quit);
}

}  // namespace
}  // namespace tui::test::hardship_test
