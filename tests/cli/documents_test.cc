// Help, man pages and completion come from one table; this checks that they still do.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "cli/program.h"
#include "common/tool_doc.h"
#include "sockls/options.h"
#include "sockprobe/options.h"
#include "sockprobed/options.h"
#include "sockutils/field.h"
#include "support/catch.h"
#include "support/skip.h"
#include "tui/options.h"
#include "tui/view/commands.h"
#include "tui/view/pane.h"

namespace documents_test {
namespace {

const std::filesystem::path Documents = SOCKUTILS_DOCUMENTS;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A tool, and what it says of itself.
struct Tool {
  std::string name;
  tools::ToolDoc doc;
  std::string help;
  /// The section of its man page.
  std::string section = ".1";

  std::set<std::string> option_words() const {
    std::set<std::string> words;
    for (const tools::OptionDoc& option : doc.options) words.emplace(option.word);
    return words;
  }
};

std::vector<Tool> all_tools() {
  return {{"sockls", tools::sockls::tool_doc(), cli::sockls({"--help"}).out},
          {"sockprobe", tools::sockprobe::tool_doc(), cli::sockprobe({"--help"}).out},
          {"sockprobed", tools::sockprobed::tool_doc(), cli::Server({"--help"}).finish().out, ".8"},
          {"sockmon", tui::tool_doc(), tools::help_text(tui::tool_doc())}};
}

/// What the first group of `pattern` finds.
std::set<std::string> found_words(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> words;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    words.insert((*it)[1]);
  return words;
}

std::string without_backslashes(std::string text) {
  std::erase(text, '\\');
  return text;
}

bool is_installed(const std::string& program) {
  return cli::command({"sh", "-c", "command -v " + program}).status == 0;
}

/// Completes the last word as bash would.
std::set<std::string> bash_completes(const std::vector<std::string>& words) {
  const std::string& tool = words.front();
  std::string script = ". " + (Documents / ("completions/" + tool + ".bash")).string() + "; COMP_WORDS=(";
  for (const std::string& word : words) script += "'" + word + "' ";
  script += "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; _" + tool +
            "; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const auto replies = cli::lines(cli::command({"bash", "-c", script}).out);
  return {replies.begin(), replies.end()};
}

}  // namespace

TEST_CASE("help lists every option") {
  for (const Tool& tool : all_tools()) {
    INFO(tool.name);
    CHECK(found_words(tool.help, "\\n  (?:-.,|   ) --([a-z0-9-]+)") == tool.option_words());
    for (const std::string& line : cli::lines(tool.help)) CHECK(line.size() <= 80);
  }
}

TEST_CASE("the man page lists the same options as help") {
  for (const Tool& tool : all_tools()) {
    INFO(tool.name);
    const std::string page = without_backslashes(read_file(Documents / ("man/" + tool.name + tool.section)));
    CHECK(found_words(page, "\\.TP\\n(?:fB-.fR, )?fB--([a-z0-9-]+)fR") == tool.option_words());
  }
}

TEST_CASE("completion lists the same options as help") {
  for (const Tool& tool : all_tools()) {
    INFO(tool.name);
    const std::string zsh = read_file(Documents / ("completions/" + tool.name + ".zsh"));
    const std::string fish = read_file(Documents / ("completions/" + tool.name + ".fish"));
    const std::string fish_line = "\\ncomplete -c " + tool.name + "(?: -s .)? -l ([a-z0-9-]+)";
    CHECK(found_words(fish, fish_line.c_str()) == tool.option_words());
    CHECK(found_words(zsh, "\\n  '(?:\\(-. --[a-z0-9-]+\\)'\\{-.\\+?,)?--([a-z0-9-]+)") ==
          tool.option_words());
    std::set<std::string> bash;
    for (const std::string& word : bash_completes({tool.name, "--"})) bash.insert(word.substr(2));
    CHECK(bash == tool.option_words());
  }
}

TEST_CASE("the man page of the monitor has every key") {
  const std::string page = without_backslashes(read_file(Documents / "man/sockmon.1"));
  for (const tui::Command& command : tui::commands()) {
    std::string names = names_of(command);
    // A backslash is written as \e in there.
    std::replace(names.begin(), names.end(), '\\', 'e');
    INFO(names);
    CHECK(page.find("fB" + names + "fR\n") != std::string::npos);
  }
}

TEST_CASE("the man page of the monitor has every pane") {
  const std::string page = without_backslashes(read_file(Documents / "man/sockmon.1"));
  for (const tui::Pane& pane : tui::panes()) {
    INFO(pane.title);
    CHECK(page.find("fB" + std::string(pane.title) + "fR\n") != std::string::npos);
  }
  for (const std::string& word : tui::pane_words()) CHECK(page.find(word) != std::string::npos);
}

TEST_CASE("the man page of the fields has every field") {
  const std::string page = without_backslashes(read_file(Documents / "man/sockutils-fields.7"));
  std::set<std::string> expected;
  for (const sockutils::Field* field : sockutils::fields()) expected.emplace(field->name);
  CHECK(found_words(page, "\\.TP\\nfB([a-z0-9_]+)fR \\(fI") == expected);
}

TEST_CASE("the page of peers names fields that there are") {
  const std::string page = without_backslashes(read_file(Documents / "man/sockutils-peers.7"));
  std::set<std::string> named;
  // A cell of names is a text block of tbl(1), on lines of its own.
  for (const std::string& cell : found_words(page, "\\tT\\{\\n([^\\n]+)\\nT\\}"))
    for (const std::string& name : found_words(cell + ",", "([a-z0-9_]+),")) named.insert(name);
  CHECK(named.size() > 100);
  for (const std::string& name : named) {
    INFO(name);
    CHECK(sockutils::find_field(name) != nullptr);
  }
}

TEST_CASE("man pages have no fault that man or mandoc knows of") {
  const bool has_man = is_installed("man");
  const bool has_mandoc = is_installed("mandoc");
  for (const auto& file : std::filesystem::directory_iterator(Documents / "man")) {
    const std::string path = file.path().string();
    const std::string section = file.path().extension().string();
    if (section != ".1" && section != ".5" && section != ".7" && section != ".8") continue;
    INFO(path);
    CHECK(found_words(read_file(path), "(@[A-Z]+@)").empty());
    if (has_man) CHECK(cli::command({"man", "--warnings", "-l", path}).err.empty());
    if (has_mandoc) CHECK(cli::command({"mandoc", "-T", "lint", "-W", "warning", path}).out.empty());
  }
}

TEST_CASE("every shell that is here can read its completion") {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    if (!is_installed(shell)) continue;
    for (const std::string tool : {"sockls", "sockprobe", "sockprobed", "sockmon"}) {
      const std::string file = (Documents / "completions" / tool).string() + "." + shell;
      const cli::Result result = cli::command({shell, "-n", file});
      INFO(file << ": " << result.err);
      CHECK(result.status == 0);
    }
  }
}

TEST_CASE("bash completes the values of options") {
  using Words = std::set<std::string>;
  CHECK(bash_completes({"sockls", "-f", "in"}) == Words{"inet", "inet6"});
  CHECK(bash_completes({"sockls", "--source", "=", "pr"}) == Words{"proc"});
  CHECK(bash_completes({"sockls", "--columns", "=", "pid,+local_po"}) == Words{"pid,+local_port"});
  CHECK(bash_completes({"sockls", "--sort", "-tcp_rttv"}) == Words{"-tcp_rttvar"});
  CHECK(bash_completes({"sockls", "--state", "listen,syn-s"}) == Words{"listen,syn-sent"});
  CHECK(bash_completes({"sockls", "-t", "command_l"}) == Words{"command_line"});
}

TEST_CASE("fish completes the values of options") {
  if (!is_installed("fish")) SKIP_OUT_LOUD("fish is not installed");
  const std::string source = "source " + (Documents / "completions/sockls.fish").string();
  const auto completes = [&](const std::string& line) {
    const auto replies =
        cli::lines(cli::command({"fish", "-c", source + "; complete -C '" + line + "'"}).out);
    return replies.empty() ? std::string() : replies.front().substr(0, replies.front().find('\t'));
  };
  CHECK(completes("sockls --columns pid,local_po") == "pid,local_port");
  CHECK(completes("sockls --columns=pid,+local_po") == "--columns=pid,+local_port");
  CHECK(completes("sockls --source pr") == "proc");
  CHECK(completes("sockls --list-") == "--list-fields");
}

}  // namespace documents_test
