// What lies over what, and who has the keys.
#include "support/catch.h"
#include "tui/view/dialogs.h"
#include "tui/view/menu.h"
#include "tui/view/prompt.h"

namespace tui::test::view_test {
namespace {

/// Leaves every key to others, and counts how often it is drawn.
class Ground final : public View {
 public:
  Outcome handle(const Key&) override { return Outcome::Unhandled; }
  void draw(Grid&) override { ++drawn; }
  int drawn = 0;
};

class Stack {
 public:
  Ground ground;
  ViewStack views{ground};
  View::Outcome press(char c) { return views.handle(character_key(static_cast<char32_t>(c))); }
  View::Outcome enter() { return views.handle({KeyKind::Enter}); }
  View::Outcome escape() { return views.handle({KeyKind::Escape}); }
};

TEST_CASE("the view on top has the keys until it is given up") {
  Stack stack;
  CHECK(stack.press('x') == View::Outcome::Unhandled);
  stack.views.open<Menu>("menu", std::vector<std::string>{"one"}, 0);
  CHECK(stack.press('x') == View::Outcome::Open);
  CHECK(stack.escape() == View::Outcome::GivenUp);
  CHECK(stack.views.is_bare());
  CHECK(stack.press('x') == View::Outcome::Unhandled);
}

TEST_CASE("what a menu opens is on top when the menu goes") {
  Stack stack;
  std::string answer;
  stack.views.open<Menu>("menu", std::vector<std::string>{"one", "two"}, 1, [&](std::size_t chosen) {
    stack.views.open<ConfirmDialog>(
        std::vector<std::string>{"sure?"}, [&answer, chosen] { answer = "yes " + std::to_string(chosen); },
        [&answer] { answer = "no"; });
  });
  stack.enter();
  CHECK(answer.empty());
  CHECK_FALSE(stack.views.is_bare());
  stack.press('y');
  CHECK(answer == "yes 1");
  CHECK(stack.views.is_bare());
}

TEST_CASE("a line with a fault stays open, and is told when it is given up") {
  Stack stack;
  int given_up = 0;
  const auto accept = [](const std::string& text) -> Prompt::Verdict {
    return text == "good" ? Prompt::Verdict() : Prompt::Fault{0, text.size(), "not good"};
  };
  stack.views.open<Prompt>("> ", "bad", PromptHistory{}, accept, Prompt::Check{}, [&] { ++given_up; });
  CHECK(stack.enter() == View::Outcome::Open);
  CHECK_FALSE(stack.views.is_bare());
  stack.escape();
  CHECK(given_up == 1);
  stack.views.open<Prompt>("> ", "good", PromptHistory{}, accept);
  CHECK(stack.enter() == View::Outcome::Accepted);
  CHECK(stack.views.is_bare());
}

TEST_CASE("nothing under a page is drawn, and what a menu leaves free is") {
  Stack stack;
  Grid grid(20, 5);
  stack.views.open<Menu>("menu", std::vector<std::string>{"one"}, 0);
  stack.views.draw(grid);
  CHECK(stack.ground.drawn == 1);
  CHECK(grid.line(2).find("one") != std::string::npos);
  stack.escape();
  stack.views.open<PageView>([](Page& page) { page.set_title("page"); });
  stack.views.draw(grid);
  CHECK(stack.ground.drawn == 1);
  CHECK(grid.line(0).find("page") != std::string::npos);
}

TEST_CASE("a page closes by the keys that close pages, and leaves Ctrl-C to the program") {
  for (const Key& key :
       {Key{KeyKind::Escape}, Key{KeyKind::Enter}, character_key(U'q'), character_key(U'?')}) {
    Stack stack;
    bool closed = false;
    stack.views.open<PageView>([](Page&) {}, [&] { closed = true; });
    CHECK(stack.views.handle(control_key('c')) == View::Outcome::Unhandled);
    CHECK(stack.press('s') == View::Outcome::Unhandled);
    CHECK_FALSE(closed);
    stack.views.handle(key);
    CHECK(closed);
    CHECK(stack.views.is_bare());
  }
}

}  // namespace
}  // namespace tui::test::view_test
