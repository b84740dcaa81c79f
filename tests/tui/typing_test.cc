// Keys, prompts, menus and pages.
#include <set>

#include "support/catch.h"
#include "tui/view/commands.h"
#include "tui/view/menu.h"
#include "tui/view/page.h"
#include "tui/view/prompt.h"
#include "tui/view/utf8.h"

namespace tui::test::typing_test {
namespace {

using Catch::Matchers::Contains;

void type(Prompt& prompt, std::u32string_view text) {
  for (const char32_t c : text) prompt.handle(character_key(c));
}

TEST_CASE("every command has a key, a help and something that it does, and no key has two commands") {
  std::set<std::string> names;
  for (const Command& command : commands()) {
    CHECK_FALSE(command.keys.empty());
    CHECK_FALSE(command.help.empty());
    CHECK(command.act != nullptr);
    for (const Key& key : command.keys) {
      INFO(name(key));
      CHECK(names.insert(name(key)).second);
      CHECK(command_of(key) == &command);
    }
  }
  CHECK(command_of(character_key(U'\u00fc')) == nullptr);
}

TEST_CASE("on a page no key both scrolls and closes it") {
  for (const Command& command : commands()) {
    INFO(names_of(command));
    CHECK_FALSE((command.rules.scroll != nullptr && command.rules.closes_page));
  }
}

TEST_CASE("keys have names") {
  CHECK(name(character_key(U'j')) == "j");
  CHECK(name(character_key(U' ')) == "Space");
  CHECK(name(control_key('l')) == "Ctrl-L");
  CHECK(name(Key{KeyKind::Function, 10}) == "F10");
  CHECK(name(Key{KeyKind::PageUp}) == "PgUp");
  CHECK(name(character_key(U'\u00fc')) == "\u00fc");
}

TEST_CASE("groups of commands stand together") {
  std::set<std::string_view> seen;
  std::string_view last;
  for (const Command& command : commands()) {
    if (command.group != last) CHECK(seen.insert(command.group).second);
    last = command.group;
  }
}

TEST_CASE("what is typed stands at the cursor") {
  Prompt prompt("> ", "", {});
  type(prompt, U"prt");
  prompt.handle({KeyKind::Left});
  prompt.handle({KeyKind::Left});
  type(prompt, U"o");
  CHECK(prompt.text() == "port");
  prompt.handle({KeyKind::End});
  type(prompt, U" \u65e5");
  CHECK(prompt.text() == "port \u65e5");
  prompt.handle({KeyKind::Backspace});
  CHECK(prompt.text() == "port ");
  prompt.handle({KeyKind::Home});
  prompt.handle({KeyKind::Delete});
  CHECK(prompt.text() == "ort ");
}

TEST_CASE("control characters edit as they do in a shell") {
  Prompt prompt("> ", "port = 443", {});
  prompt.handle(control_key('w'));
  CHECK(prompt.text() == "port = ");
  prompt.handle(control_key('u'));
  CHECK(prompt.text().empty());
  type(prompt, U"abc");
  prompt.handle(control_key('a'));
  prompt.handle(control_key('k'));
  CHECK(prompt.text().empty());
  CHECK(prompt.handle(control_key('g')) == Prompt::Outcome::GivenUp);
  CHECK(prompt.handle({KeyKind::Escape}) == Prompt::Outcome::GivenUp);
  CHECK(prompt.handle({KeyKind::Enter}) == Prompt::Outcome::Accepted);
}

TEST_CASE("lines that were typed before come back, and what is being typed is not lost") {
  PromptHistory history;
  history.add("first");
  history.add("second");
  history.add("first");
  Prompt prompt("> ", "", history);
  type(prompt, U"new");
  prompt.handle({KeyKind::Up});
  CHECK(prompt.text() == "first");
  prompt.handle({KeyKind::Up});
  CHECK(prompt.text() == "second");
  prompt.handle({KeyKind::Up});
  CHECK(prompt.text() == "second");
  prompt.handle({KeyKind::Down});
  prompt.handle({KeyKind::Down});
  CHECK(prompt.text() == "new");
}

TEST_CASE("the cursor of a long line stays on the screen") {
  Prompt prompt("> ", std::string(100, 'a') + "z", {});
  for (const std::size_t width : {1U, 2U, 3U, 10U, 80U}) {
    Grid grid(width, 1);
    CHECK(prompt.draw(grid, 0) < width);
  }
  Grid grid(10, 1);
  prompt.draw(grid, 0);
  CHECK(grid.line(0) == "> aaaaaaz");
}

TEST_CASE("what is wrong with a line is said beside it, and marked in it") {
  Prompt prompt("> ", "prt = 1", {});
  prompt.set_fault(Prompt::Fault{0, 3, "no such field"});
  Grid grid(40, 1);
  prompt.draw(grid, 0);
  CHECK(grid.line(0) == "> prt = 1  no such field");
  CHECK(grid.at(2, 0).style().underline);
  CHECK_FALSE(grid.at(6, 0).style().underline);
}

TEST_CASE("a line holds no more than a filter can be") {
  Prompt prompt("> ", "", {});
  for (int i = 0; i < 5000; ++i) prompt.handle(character_key(U'a'));
  CHECK(prompt.text().size() == 4096);
}

TEST_CASE("a menu's cursor goes to letters, and around") {
  Menu menu("sort by", {"protocol", "state", "peer"}, 0);
  menu.handle(character_key(U'p'));
  CHECK(menu.chosen() == 2);
  menu.handle(character_key(U'P'));
  CHECK(menu.chosen() == 0);
  menu.handle({KeyKind::Down});
  menu.handle({KeyKind::Down});
  menu.handle({KeyKind::Down});
  CHECK(menu.chosen() == 2);
  menu.handle({KeyKind::Home});
  CHECK(menu.handle({KeyKind::Enter}) == Menu::Outcome::Chosen);
  CHECK(menu.handle({KeyKind::Escape}) == Menu::Outcome::GivenUp);
  CHECK(Menu("empty", {}, 0).handle({KeyKind::Enter}) == Menu::Outcome::GivenUp);
}

TEST_CASE("menus and pages are drawn at any size") {
  Menu menu("sort by", {"protocol", "state", "peer"}, 2);
  Page page("title");
  page.set_lines(std::vector<Line>(50, Line{{"text"}}));
  for (std::size_t width = 1; width < 30; ++width) {
    for (std::size_t height = 1; height < 8; ++height) {
      Grid grid(width, height);
      menu.draw(grid);
      page.draw(grid);
      CHECK(grid.line(height > 2 ? 1 : 0) == std::string("text").substr(0, width));
    }
  }
}

TEST_CASE("a page scrolls to its end and not beyond") {
  Page page("title");
  std::vector<Line> lines;
  for (int i = 0; i < 20; ++i) lines.push_back({{"line " + std::to_string(i)}});
  page.set_lines(lines);
  Grid grid(30, 7);
  page.draw(grid);
  CHECK(page.handle({KeyKind::End}));
  page.draw(grid);
  CHECK(grid.line(5) == "line 19");
  CHECK_THAT(grid.line(6), Contains("16-20 of 20"));
  CHECK(page.handle({KeyKind::PageUp}));
  page.draw(grid);
  CHECK(grid.line(1) == "line 11");
  page.set_lines({lines.begin(), lines.begin() + 3});
  page.draw(grid);
  CHECK(grid.line(1) == "line 0");
  CHECK_FALSE(page.handle({KeyKind::Escape}));
}

TEST_CASE("long remarks are broken at blanks") {
  std::vector<Line> lines;
  append_wrapped_lines(lines, "one two three four", {}, 14, 2);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0][1].text == "one two");
  CHECK(lines[1][1].text == "three four");
}

TEST_CASE("characters are appended as UTF-8, and what is none is left out") {
  std::string text;
  for (const char32_t c : {U'a', U'\u00e9', U'\u65e5', U'\U0001f600', char32_t{0xd800}, char32_t{0x110000}})
    append_character(text, c);
  CHECK(text == "a\u00e9\u65e5\U0001f600");
  CHECK(previous_character(text, text.size()) == 6);
  CHECK(next_character(text, 1) == 3);
  CHECK(next_character(text, text.size()) == text.size());
}

}  // namespace
}  // namespace tui::test::typing_test
