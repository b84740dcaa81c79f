// What the program remembers from one run to the next.
#include "tui/view/state.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/catch.h"
#include "support/namespace.h"
#include "support/skip.h"
#include "tests/tui/terminal.h"
#include "tui/config.h"

namespace tui::test::state_test {
namespace {

using Catch::Matchers::Contains;

class Home {
 public:
  Home() {
    std::string path = "/tmp/sockmon-test-XXXXXX";
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Home() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  std::string state() const { return path_ + "/state/sockutils/sockmon.toml"; }
  std::string config() const { return path_ + "/config/sockutils/sockmon.toml"; }
  TerminalSettings terminal() const {
    return {.columns = 120,
            .environment = {"XDG_STATE_HOME=" + path_ + "/state", "XDG_CONFIG_HOME=" + path_ + "/config"}};
  }
  static void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }
  static std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

TEST_CASE("what is remembered is read as it was written") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  Settings settings;
  settings.interval = std::chrono::milliseconds(500);
  settings.pane = 3;
  settings.columns = {find_column("peer"), &InRate};
  settings.by_container = true;
  settings.order = sockutils::SortKey{&InRate, true};
  settings.filters = {{"a \"name\"\\ of\x1b mine", "process = \"a b\""}, {"web", "port 443"}};
  Settings again;
  const auto fault = apply_config(again, config_text(settings));
  INFO(config_text(settings));
  REQUIRE_FALSE(fault);
  CHECK(again.interval == settings.interval);
  CHECK(again.pane == 3);
  CHECK(again.columns == settings.columns);
  CHECK(again.by_container);
  REQUIRE(again.order);
  CHECK(again.order->field == &InRate);
  CHECK(again.order->descending);
  CHECK(again.filters == settings.filters);
}

TEST_CASE("what was only said on the command line is not remembered") {
  Settings remembered;
  Settings begun;
  begun.pane = 2;
  Settings ended = begun;
  CHECK_FALSE(remember(remembered, begun, ended));
  ended.interval = std::chrono::milliseconds(2000);
  CHECK(remember(remembered, begun, ended));
  CHECK(remembered.interval == ended.interval);
  CHECK(remembered.pane == 0);
}

TEST_CASE("the next run begins where the last one ended, and the configuration stays as it was written") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  REQUIRE_PRIVATE_NETWORK();
  const Home home;
  const std::string mine = "# mine\nascii = true\n";
  Home::write(home.config(), mine);
  {
    Terminal terminal({}, home.terminal());
    REQUIRE(terminal.shows("every 1s"));
    terminal.press("+");
    REQUIRE(terminal.shows("every 2s"));
    terminal.press("fport 443\r");
    REQUIRE(terminal.shows("filter: port 443"));
    terminal.press("Wweb\r");
    REQUIRE(terminal.shows("saved"));
    terminal.press("q");
    REQUIRE(terminal.end() == 0);
  }
  CHECK_THAT(Home::content_of(home.state()), Contains("interval = 2") && Contains("web = 'port 443'"));
  CHECK(Home::content_of(home.config()) == mine);
  Terminal terminal({}, home.terminal());
  REQUIRE(terminal.shows("every 2s"));
  terminal.press("F");
  CHECK(terminal.shows("web: port 443"));
}

TEST_CASE("a filter that was deleted is gone from what is remembered, and the others stay") {
  Settings remembered;
  remembered.filters = {{"web", "port 443"}, {"ssh", "port 22"}};
  Settings begun = remembered;
  begun.filters.emplace_back("mine", "port 1");
  Settings ended = begun;
  ended.filters = {{"ssh", "port 22"}, {"mine", "port 1"}, {"new", "port 2"}};
  ended.forgotten_filters = {{"web", "port 443"}};
  CHECK(remember(remembered, begun, ended));
  CHECK(remembered.filters == std::vector<NamedFilter>{{"ssh", "port 22"}, {"new", "port 2"}});
  begun = ended = remembered;
  ended.filters.pop_back();
  ended.forgotten_filters = {{"of a configuration", "port 9"}};
  CHECK_FALSE(remember(remembered, begun, ended));
}

TEST_CASE("a saved filter is deleted from the screen, those of the configuration are not") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  REQUIRE_PRIVATE_NETWORK();
  const Home home;
  const std::string mine = "[filters]\nmine = \"port 22\"\n";
  Home::write(home.config(), mine);
  Home::write(home.state(), "[filters]\nweb = \"port 443\"\nold = \"port 80\"\n");
  Terminal terminal({}, home.terminal());
  REQUIRE(terminal.shows("every 1s"));
  terminal.press("D");
  REQUIRE(terminal.shows("delete a filter"));
  CHECK_THAT(terminal.screen(), Contains("old: port 80") && !Contains("mine"));
  terminal.press("w\r");
  REQUIRE(terminal.shows("Delete this filter?"));
  terminal.press("n");
  REQUIRE(terminal.shows("nothing was deleted"));
  terminal.press("Dw\r");
  REQUIRE(terminal.shows("web: port 443"));
  terminal.press("y");
  REQUIRE(terminal.shows("deleted: web"));
  terminal.press("F");
  REQUIRE(terminal.shows("mine: port 22"));
  CHECK_THAT(terminal.screen(), Contains("old: port 80") && !Contains("web: port 443"));
  terminal.press("\x1b");
  REQUIRE(terminal.shows_no_more("mine: port 22"));
  terminal.press("Do\ry");
  REQUIRE(terminal.shows("deleted: old"));
  terminal.press("D");
  CHECK(terminal.shows("those of the configuration stay in it"));
  terminal.press("q");
  REQUIRE(terminal.end() == 0);
  CHECK_THAT(Home::content_of(home.state()), !Contains("port"));
  CHECK(Home::content_of(home.config()) == mine);
}

TEST_CASE("a broken file of what was remembered is said, and the program starts without it") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  REQUIRE_PRIVATE_NETWORK();
  const Home home;
  Home::write(home.state(), "interval = 2\npane = \"nowhere\"\n");
  Terminal terminal({}, home.terminal());
  CHECK(terminal.shows("sockmon.toml:2: pane"));
  CHECK(terminal.shows("every 1s"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

TEST_CASE("what cannot be written is said when the program has ended") {
  REQUIRE_PRIVATE_NETWORK();
  const Home home;
  TerminalSettings settings = home.terminal();
  settings.environment = {"XDG_STATE_HOME=/dev/null", "XDG_CONFIG_HOME=/nonexistent"};
  Terminal terminal({}, settings);
  REQUIRE(terminal.shows("every 1s"));
  terminal.press("+");
  REQUIRE(terminal.shows("every 2s"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
  CHECK_THAT(terminal.written(), Contains("not remembered"));
}

}  // namespace
}  // namespace tui::test::state_test
