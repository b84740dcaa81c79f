#include "tui/config.h"

#include <cstdlib>
#include <fstream>

#include "support/catch.h"
#include "support/child.h"
#include "support/skip.h"
#include "tests/tui/terminal.h"

namespace tui::test::config_test {
namespace {

using Catch::Matchers::Contains;

std::string fault_in(std::string_view text) {
  Settings settings;
  const auto fault = apply_config(settings, text);
  return fault ? fault->in_file("f") : "no fault";
}

TEST_CASE("a configuration says what the command line could") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  Settings settings;
  REQUIRE_FALSE(apply_config(settings, R"(# of mine
interval = 2.5
pane = "Hosts"
columns = ["peer", "in_rate"]
sort = "-in_rate"
mouse = false
readonly = true
color = "never"
[filters]
web = "port 443"
slow = "tcp_rtt > 100ms"
)"));
  CHECK(settings.interval == std::chrono::milliseconds(2500));
  CHECK(settings.pane == 2);
  CHECK(settings.columns == Fields{find_column("peer"), &InRate});
  CHECK(settings.order->descending);
  CHECK_FALSE(settings.mouse);
  CHECK(settings.readonly);
  CHECK(settings.rows.colour == tools::ColourMode::Never);
  CHECK(settings.filters.size() == 2);
}

TEST_CASE("an empty configuration changes nothing") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  Settings settings;
  CHECK_FALSE(apply_config(settings, ""));
  CHECK(settings.columns == usual_columns());
}

TEST_CASE("a fault in a configuration is told with its line") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  CHECK_THAT(fault_in("interval = 1\ninterval = = 2\n"), Contains("f:2: "));
  CHECK_THAT(fault_in("\n\nintervall = 1\n"), Contains("f:3: intervall: there is no such setting"));
  CHECK_THAT(fault_in("interval = 0\n"), Contains("f:1: interval: ") && Contains("0.1 to 86400"));
  CHECK_THAT(fault_in("interval = nan\n"), Contains("0.1 to 86400"));
  CHECK_THAT(fault_in("interval = \"1\"\n"), Contains("0.1 to 86400"));
  CHECK_THAT(fault_in("columns = [\"per\"]\n"), Contains("unknown column 'per'"));
  CHECK_THAT(fault_in("columns = [1]\n"), Contains("unknown column"));
  CHECK_THAT(fault_in("mouse = 1\n"), Contains("true or false"));
  CHECK_THAT(fault_in("pane = \"x\"\n"), Contains("'x' is no pane"));
  CHECK_THAT(fault_in("filters = 1\n"), Contains("a table of names and filters"));
  CHECK_THAT(fault_in("[filters]\nbad = \"port = = 1\"\n"), Contains("filters: bad: "));
}

TEST_CASE("after a fault the settings are those of before") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  Settings settings;
  CHECK(apply_config(settings, "interval = 7\nno_such = 1\n"));
  CHECK(settings.interval == std::chrono::seconds(1));
}

TEST_CASE("the file is where the specification of such folders has it") {
  ::setenv("XDG_CONFIG_HOME", "/a", 1);
  CHECK(config_path() == "/a/sockutils/sockmon.toml");
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  ::setenv("HOME", "/b", 1);
  CHECK(config_path() == "/b/.config/sockutils/sockmon.toml");
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("HOME");
  CHECK(config_path().empty());
}

TEST_CASE("a monitor with a broken configuration says so on its screen, and starts all the same") {
  if (!has_config()) SKIP_OUT_LOUD("built without a reader of TOML");
  const sockutils::test::TemporaryFolder folder;
  REQUIRE(std::system(("mkdir " + folder.path() + "/sockutils").c_str()) == 0);
  const std::string path = folder.path() + "/sockutils/sockmon.toml";
  std::ofstream(path) << "pane = \"hosts\"\nbroken\n";
  TerminalSettings settings;
  settings.columns = 200;
  settings.environment = {"XDG_CONFIG_HOME=" + folder.path()};
  {
    Terminal terminal({}, settings);
    CHECK(terminal.shows("sockmon.toml:2: "));
    CHECK(terminal.shows("1 Sockets"));
    terminal.press("q");
    CHECK(terminal.end() == 0);
  }
  std::ofstream(path) << "pane = \"hosts\"\n[filters]\nweb = \"port 443\"\n";
  Terminal terminal({}, settings);
  CHECK(terminal.shows("HOST"));
  terminal.press("F");
  CHECK(terminal.shows("web"));
  terminal.press("\r");
  CHECK(terminal.shows("filter: port 443"));
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

}  // namespace
}  // namespace tui::test::config_test
