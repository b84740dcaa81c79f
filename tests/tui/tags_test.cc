// Tagged rows, and what is done to all of them.
#include <cerrno>

#include "support/catch.h"
#include "tests/tui/sample.h"
#include "tui/view/session.h"

namespace tui::test::tags_test {
namespace {

using Catch::Matchers::Contains;

class Closing final : public Actions {
 public:
  sockutils::Result<void> close(const sockutils::SocketIdentity& socket) override {
    closed.push_back(socket.cookie);
    if (socket.cookie == gone) return tl::unexpected(sockutils::Error{ENOENT, "close", "socket", {}});
    return {};
  }
  sockutils::Result<void> hold(const ProcessTarget&) override { return {}; }
  std::vector<sockutils::Result<void>> signal(int) override { return {}; }
  void let_go() override {}
  sockutils::Result<void> write(const std::string&, const Fields&,
                                const std::vector<const TableRow*>& rows) override {
    written = rows.size();
    return {};
  }

  std::vector<std::uint64_t> closed;
  std::uint64_t gone = 0;
  std::size_t written = 0;
};

class Screen {
 public:
  explicit Screen(std::size_t sockets)
      : session_(Settings{}, sockutils::Query{}, {}, false, actions), grid_(120, 24) {
    session_.take_request_change();
    look(sockets);
  }
  void look(std::size_t sockets) {
    std::vector<SampleSocket> all;
    for (std::size_t i = 1; i <= sockets; ++i) all.emplace_back(i);
    session_.take(std::make_shared<const Frame>(book_.look(all)), book_.now());
  }
  void press(char c) { session_.handle(character_key(static_cast<char32_t>(c)), book_.now()); }
  void enter() { session_.handle({KeyKind::Enter}, book_.now()); }
  std::string text() {
    session_.draw(grid_);
    std::string text;
    for (std::size_t y = 0; y < grid_.height(); ++y) text += grid_.line(y) + '\n';
    return text;
  }
  std::size_t stars() {
    std::size_t stars = 0;
    session_.draw(grid_);
    for (std::size_t y = 0; y < grid_.height(); ++y) {
      const std::string line = grid_.line(y);
      if (line.size() > 1 && line[1] == '*') ++stars;
    }
    return stars;
  }
  Closing actions;

 private:
  Session session_;
  SampleBook book_;
  Grid grid_;
};

TEST_CASE("rows are tagged one after the other, and untagged all at once") {
  Screen screen(4);
  screen.press('g');
  screen.press(' ');
  screen.press(' ');
  CHECK(screen.stars() == 2);
  screen.press('k');
  screen.press(' ');
  CHECK(screen.stars() == 1);
  screen.press('U');
  CHECK(screen.stars() == 0);
}

TEST_CASE("all that are tagged are closed after one question, and each is accounted for") {
  Screen screen(4);
  screen.actions.gone = 2;
  screen.press('g');
  for (int i = 0; i < 3; ++i) screen.press(' ');
  screen.press('K');
  CHECK_THAT(screen.text(), Contains("close these 3 sockets?"));
  CHECK(screen.actions.closed.empty());
  screen.press('n');
  CHECK(screen.actions.closed.empty());
  CHECK(screen.stars() == 3);
  screen.press('K');
  screen.press('y');
  CHECK(screen.actions.closed.size() == 3);
  CHECK_THAT(screen.text(), Contains(" closed") && Contains("gone already"));
  CHECK(screen.stars() == 0);
}

TEST_CASE("a row that is shown no more is not tagged any more") {
  Screen screen(3);
  screen.press('G');
  screen.press(' ');
  CHECK(screen.stars() == 1);
  // Missing in two looks in a row.
  screen.look(0);
  screen.look(0);
  screen.look(0);
  screen.press('x');
  CHECK(screen.stars() == 0);
}

TEST_CASE("the tagged rows alone are written") {
  Screen screen(5);
  screen.press('g');
  screen.press(' ');
  screen.press(' ');
  screen.press('x');
  screen.enter();
  CHECK(screen.actions.written == 2);
  screen.press('U');
  screen.press('x');
  screen.enter();
  CHECK(screen.actions.written == 5);
}

}  // namespace
}  // namespace tui::test::tags_test
