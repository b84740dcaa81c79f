// Recordings that are played: by the view, by a session, and by the program on a screen.
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tools/golden.h"
#include "tests/tui/sample.h"
#include "tests/tui/terminal.h"
#include "tui/collect/player.h"
#include "tui/collect/recording_view.h"
#include "tui/view/pane.h"

namespace tui::test::replay_test {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

/// Made by tests/tui/recordings/make_scene: six snapshots, a second apart.
std::string scene() { return test_data("tui/recordings/scene.skrec"); }

RecordingView open_scene() {
  auto file = sockutils::RecordingFile::open(scene());
  REQUIRE(file);
  return RecordingView(std::move(*file));
}

ViewRequest usual_request() {
  ViewRequest request;
  request.columns = usual_columns();
  request.query.states = sockutils::StateSet::all() - sockutils::StateSet{sockutils::State::TimeWait};
  return request;
}

/// Every row as people read it, in the order of its text.
std::vector<std::string> rows_of(const Frame& frame) {
  std::vector<std::string> rows;
  for (const auto& row : frame.sockets->rows) {
    std::string text(1, row->mark == Mark::Closed ? '-' : row->mark == Mark::New ? '+' : ' ');
    for (std::size_t i = 0; i < frame.sockets->columns.size(); ++i) {
      text += ' ';
      row->cells.append_text(text, i, frame.sockets->columns[i]->type);
    }
    rows.push_back(std::move(text));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string bytes_of_scene() {
  std::ifstream file(scene(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CopiedScene {
 public:
  explicit CopiedScene(std::size_t size = std::string::npos) {
    std::string path = "/tmp/sockmon-test-XXXXXX";
    const int fd = ::mkstemp(path.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = path;
    std::ofstream(path_, std::ios::binary) << bytes_of_scene().substr(0, size);
  }
  ~CopiedScene() { ::unlink(path_.c_str()); }
  CopiedScene(const CopiedScene&) = delete;
  CopiedScene& operator=(const CopiedScene&) = delete;
  const std::string& path() const { return path_; }
  void append(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::app) << bytes;
  }

 private:
  std::string path_;
};

TEST_CASE("a snapshot shows the same rows however one came to it") {
  RecordingView played = open_scene();
  const ViewRequest request = usual_request();
  REQUIRE(played.size() == 6);
  std::vector<std::vector<std::string>> frames;
  for (std::size_t i = 0; i < played.size(); ++i) frames.push_back(rows_of(played.show(i, request)));
  RecordingView jumped = open_scene();
  for (const std::size_t place : {5u, 2u, 4u, 3u, 1u}) {
    INFO(place);
    CHECK(rows_of(jumped.show(place, request)) == frames[place]);
  }
}

TEST_CASE("sockets are the same whether their containers are asked for or not") {
  ViewRequest request = usual_request();
  const auto without = rows_of(open_scene().show(3, request));
  request.containers = true;
  CHECK(rows_of(open_scene().show(3, request)) == without);
}

TEST_CASE("the rates of a recording are those of its counters and its time") {
  RecordingView view = open_scene();
  const ViewRequest request = usual_request();
  static_cast<void>(view.show(0, request));
  const Frame frame = view.show(1, request);
  REQUIRE(frame.elapsed);
  CHECK(*frame.elapsed == std::chrono::microseconds(view.elapsed(1)));
  // The scene's stream is 20,000 bytes every 50 ms and a little more.
  const auto busiest = std::max_element(
      frame.sockets->rows.begin(), frame.sockets->rows.end(), [](const auto& a, const auto& b) {
        const auto in = [](const auto& row) {
          return static_cast<const SocketRow&>(*row).rates.bytes_in.value_or(0);
        };
        return in(a) < in(b);
      });
  REQUIRE(busiest != frame.sockets->rows.end());
  const auto& row = static_cast<const SocketRow&>(**busiest);
  REQUIRE(row.rates.bytes_in);
  CHECK(*row.rates.bytes_in > 350'000);
  CHECK(*row.rates.bytes_in < 401'000);
  CHECK(row.local_port == 8080);
  REQUIRE(frame.machine);
  CHECK(frame.machine->tcp_segments_in > frame.machine_before->tcp_segments_in);
}

std::size_t rows_marked(const Frame& frame, Mark mark) {
  const auto& rows = frame.sockets->rows;
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row->mark == mark; }));
}

TEST_CASE("a connection that ended between two snapshots is shown as closed") {
  RecordingView view = open_scene();
  ViewRequest request = usual_request();
  request.query.filter = *sockutils::Filter::parse("local_port = 8081 and state = established", {});
  std::size_t closed = 0;
  for (std::size_t i = 0; i < view.size(); ++i) closed += rows_marked(view.show(i, request), Mark::Closed);
  CHECK(closed > 0);
}

TEST_CASE("what matches the filter no more is not shown as closed") {
  RecordingView view = open_scene();
  ViewRequest request = usual_request();
  request.columns = {sockutils::find_field("tcp_bytes_received")};
  const std::string stream = "local_port = 8080 and state = established";
  request.query.filter = *sockutils::Filter::parse(stream, {});
  const Frame before = view.show(2, request);
  REQUIRE(before.sockets->rows.size() == 1);
  const auto bytes = before.sockets->rows.front()->cells.number(0);
  REQUIRE(bytes);
  request.query.filter =
      *sockutils::Filter::parse(stream + " and tcp_bytes_received <= " + std::to_string(*bytes), {});
  ++request.version;
  CHECK(view.show(2, request).sockets->rows.size() == 1);
  for (std::size_t i = 3; i < view.size(); ++i) CHECK(rows_marked(view.show(i, request), Mark::Closed) == 0);
  CHECK(view.show(5, request).sockets->rows.empty());
}

TEST_CASE("places in a recording are found by time, by number and by part") {
  RecordingView view = open_scene();
  const auto at = [&](std::string_view text) {
    const auto place = parse_place(text);
    REQUIRE(place);
    return view.find(*place);
  };
  CHECK(at("0") == 0);
  CHECK(at("#3") == 2);
  CHECK(at("#100") == 5);
  CHECK(at("100%") == 5);
  CHECK(at("1:00:00") == 5);
  CHECK(at("0:02") <= 2);
  for (const char* const wrong :
       {"", "#0", "#", "101%", "-1", "1:60", "1:2:3:4", "x", "1 ", "99999999999999"})
    CHECK_FALSE(parse_place(wrong));
  CHECK(clock_text(90'500'000) == "1:30");
  CHECK(clock_text(3'605'000'000) == "1:00:05");
}

TEST_CASE("a recording that is cut shows what is whole, and says so at its end") {
  const std::size_t whole = bytes_of_scene().size();
  const CopiedScene cut(whole - 100);
  RecordingView view(std::move(*sockutils::RecordingFile::open(cut.path())));
  REQUIRE(view.size() == 5);
  for (const auto& warning : view.show(3, usual_request()).warnings)
    CHECK_THAT(warning.message, !Contains("cut"));
  const Frame last = view.show(4, usual_request());
  REQUIRE_FALSE(last.warnings.empty());
  CHECK_THAT(last.warnings.back().message, Contains("the recording is cut"));
}

/// A screen with the scene, standing still.
class Replayed : public Terminal {
 public:
  explicit Replayed(const TerminalSettings& settings = {}, std::vector<std::string> more = {})
      : Terminal(arguments(std::move(more)), settings) {}

 private:
  static std::vector<std::string> arguments(std::vector<std::string> more) {
    std::vector<std::string> all{"--replay", scene(), "--at", "#4"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

std::string trimmed(const std::string& screen) {
  std::string text;
  for (std::size_t begin = 0; begin < screen.size();) {
    std::size_t end = std::min(screen.find('\n', begin), screen.size());
    std::string line = screen.substr(begin, end - begin);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    begin = end + 1;
  }
  return text;
}

/// The screen when nothing comes any more.
std::string settled(Terminal& terminal) {
  std::string before;
  for (int i = 0; i < 50; ++i) {
    terminal.read_for(200ms);
    std::string now = trimmed(terminal.screen());
    if (now == before && now.find("looking ...") == std::string::npos && !terminal.written().empty())
      return now;
    before = std::move(now);
  }
  return before;
}

/// A letter for each cell that is not plain: its colour, and whether it is bold or reversed.
std::string looks_of(const Terminal& terminal, std::size_t columns, std::size_t rows) {
  std::string text;
  for (std::size_t y = 0; y < rows; ++y) {
    std::string line;
    for (std::size_t x = 0; x < columns; ++x) {
      const VTermScreenCell cell = terminal.cell(x, y);
      const bool coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg);
      char look = ' ';
      if (cell.attrs.bold != 0) look = 'b';
      if (cell.attrs.reverse != 0) look = 'r';
      if (coloured)
        look = VTERM_COLOR_IS_INDEXED(&cell.fg) ? static_cast<char>('0' + cell.fg.indexed.idx % 16) : 'c';
      line += look;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

TEST_CASE("a recording looks the same on each terminal, at every size") {
  struct Look {
    const char* name;
    unsigned short columns;
    unsigned short rows;
    const char* term;
    const char* locale;
  };
  for (const Look& look :
       {Look{"80x24", 80, 24, "xterm-256color", "C.UTF-8"},
        Look{"200x50", 200, 50, "xterm-256color", "C.UTF-8"},
        Look{"80x24-ascii", 80, 24, "xterm-256color", "C"}, Look{"80x24-linux", 80, 24, "linux", "C.UTF-8"},
        Look{"80x24-vt100", 80, 24, "vt100", "C"}, Look{"80x24-screen", 80, 24, "screen", "C.UTF-8"},
        Look{"40x10", 40, 10, "xterm-256color", "C.UTF-8"}, Look{"20x5", 20, 5, "xterm-256color", "C.UTF-8"},
        Look{"1x1", 1, 1, "xterm-256color", "C.UTF-8"}}) {
    Replayed terminal({.columns = look.columns, .rows = look.rows, .term = look.term, .locale = look.locale});
    check_golden("sockmon-" + std::string(look.name) + ".txt", settled(terminal));
    if (std::string_view(look.name) == "80x24")
      check_golden("sockmon-80x24-colour.txt", looks_of(terminal, look.columns, look.rows));
    terminal.press("q");
    CHECK(terminal.end() == 0);
    CHECK(terminal.is_as_it_was());
  }
}

TEST_CASE("each pane of a recording, its details and the help are as they were approved") {
  for (const char key : std::string("2345?")) {
    Replayed terminal({.columns = 120, .rows = 30});
    static_cast<void>(settled(terminal));
    terminal.press(std::string(1, key));
    check_golden(std::string("sockmon-key-") + (key == '?' ? "help" : std::string(1, key)) + ".txt",
                 settled(terminal));
  }
  Replayed tree({.columns = 100, .rows = 40});
  static_cast<void>(settled(tree));
  tree.press("2gO");
  check_golden("sockmon-tree.txt", settled(tree));
  Replayed terminal({.columns = 120, .rows = 40}, {"port", "=", "9000", "and", "recv_queue", ">", "0"});
  static_cast<void>(settled(terminal));
  terminal.press("\r");
  check_golden("sockmon-details.txt", settled(terminal));
}

TEST_CASE("keys step, seek and change the speed of a recording") {
  Replayed terminal({.columns = 120});
  REQUIRE(terminal.shows("#4/6"));
  CHECK_THAT(terminal.line(0), Contains("PAUSED") && Contains("x1"));
  terminal.press(",");
  CHECK(terminal.shows("#3/6"));
  terminal.press("..");
  CHECK(terminal.shows("#5/6"));
  terminal.press("{");
  CHECK(terminal.shows("#1/6"));
  terminal.press(",");
  CHECK(terminal.shows("#1/6"));
  terminal.press("}");
  CHECK(terminal.shows("#6/6"));
  terminal.press("[");
  CHECK(terminal.shows("#1/6"));
  terminal.press("t#2\r");
  CHECK(terminal.shows("#2/6"));
  terminal.press("t50%\r");
  CHECK(terminal.shows("#3/6"));
  terminal.press("tnonsense\r");
  CHECK(terminal.shows("seconds, m:ss"));
  terminal.press("\x1b");
  terminal.press("++");
  CHECK(terminal.shows("x5"));
  terminal.press("p");
  CHECK(terminal.shows("#6/6"));
  CHECK_THAT(terminal.line(0), !Contains("PAUSED"));
  terminal.press("K");
  CHECK(terminal.shows("this is a recording"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("what a screen shows is recorded, said to be, and played again") {
  using namespace sockutils::test;
  REQUIRE_PRIVATE_NETWORK();
  const sockutils::UniqueFd listener = sockutils::test::make_tcp_listener(AF_INET, 7);
  const auto port = sockutils::test::SocketAddress::local_of(listener.get()).port();
  const CopiedScene file;
  {
    Terminal terminal({"-i", "0.2", "--record", file.path()}, {.columns = 120});
    REQUIRE(terminal.shows(":" + std::to_string(port)));
    CHECK(terminal.shows("RECORDING"));
    terminal.read_for(1s);
    terminal.press("q");
    REQUIRE(terminal.end() == 0);
  }
  const auto recorded = sockutils::RecordingFile::open(file.path());
  REQUIRE(recorded);
  CHECK(recorded->size() >= 2);
  CHECK(recorded->damage().empty());
  Terminal again({"--replay", file.path(), "--at", "100%"}, {.columns = 120});
  CHECK(again.shows(":" + std::to_string(port)));
}

TEST_CASE("a recording that grows is followed") {
  const std::string whole = bytes_of_scene();
  const CopiedScene growing(whole.size() - 1000);
  Terminal terminal({"--replay", growing.path(), "--at", "100%"}, {.columns = 120});
  REQUIRE(terminal.shows("#5/5"));
  terminal.press("p");
  growing.append(whole.substr(whole.size() - 1000));
  CHECK(terminal.shows("#6/6"));
}

TEST_CASE("any keys on a recording, at any size, and the program still ends as it should") {
  const int presses = std::getenv("SOCKUTILS_TEST_LONG") != nullptr ? 20'000 : 2'000;
  const std::string keys = "jkhlgGnNzprs<>+-,.[]{}123456789 \t\r\x1b/\\fFctx?K\025ab#0%:=";
  std::mt19937 random(11);
  Replayed terminal({.columns = 80}, {"--readonly"});
  REQUIRE(terminal.shows("#4/6"));
  for (int i = 0; i < presses; ++i) {
    std::string some;
    for (int n = 0; n < 10; ++n) {
      const char key = keys[random() % keys.size()];
      // Nothing is to be written.
      if (key != 'x' && key != '\r') some += key;
    }
    terminal.press(some);
    if (i % 4 == 0)
      terminal.resize(static_cast<unsigned short>(1 + random() % 220),
                      static_cast<unsigned short>(1 + random() % 60));
    terminal.read_for(0ms);
  }
  terminal.resize(100, 24);
  // Keys may still wait to be read, a prompt takes the first Ctrl-C, an Escape may be the end of a sequence.
  for (int i = 0; i < 100 && !terminal.is_as_it_was(); ++i)
    for (const char* const key : {"\x1b", "\x03"}) {
      terminal.press(key);
      terminal.read_for(300ms);
    }
  const auto status = terminal.end();
  // What it had to say.
  const std::string& all = terminal.written();
  CAPTURE(all.substr(all.size() - std::min<std::size_t>(all.size(), 2000)));
  CHECK(status.value_or(INT_MIN) == 0);
  CHECK(terminal.is_as_it_was());
}

}  // namespace
}  // namespace tui::test::replay_test
