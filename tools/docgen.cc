// Writes man pages and completions from what the tools say of themselves; runs during the build.
//
//   docgen man TEMPLATE OUTPUT       lines that are a marker are replaced
//   docgen completion TOOL.SHELL OUTPUT

#include <fstream>
#include <iostream>
#include <string>

#include "docs/docs.h"
#include "sockls/options.h"
#include "sockprobe/options.h"
#include "sockprobed/options.h"
#include "sockutils/version.h"
#ifdef SOCKUTILS_HAVE_SOCKMON
#include "tui/options.h"
#include "tui/view/columns.h"
#include "tui/view/commands.h"
#include "tui/view/pane.h"
#endif

namespace {

using namespace tools;

/// The tool that a page or completion is named after: `sockls.1.in`, `sockls.bash`. The pages of no tool tell
/// nothing of options.
ToolDoc tool_of(const std::string& source) {
  const std::string file = source.substr(source.rfind('/') + 1);
#ifdef SOCKUTILS_HAVE_SOCKMON
  if (file.starts_with("sockmon.")) return tui::tool_doc();
#endif
  if (file.starts_with("sockprobed.")) return sockprobed::tool_doc();
  return file.starts_with("sockprobe.") ? sockprobe::tool_doc() : sockls::tool_doc();
}

#ifdef SOCKUTILS_HAVE_SOCKMON
std::vector<docs::Entry> monitor_keys() {
  std::vector<docs::Entry> entries;
  for (const tui::Command& command : tui::commands())
    entries.push_back({std::string(command.group), names_of(command), std::string(command.help)});
  return entries;
}

std::vector<docs::Entry> monitor_panes() {
  std::vector<docs::Entry> entries;
  for (const tui::Pane& pane : tui::panes())
    entries.push_back({{}, std::string(pane.title), std::string(pane.doc)});
  return entries;
}

std::vector<docs::Entry> monitor_columns() {
  std::vector<docs::Entry> entries;
  for (const sockutils::Field* field : tui::monitor_fields())
    entries.push_back({{}, std::string(field->name), std::string(field->doc)});
  return entries;
}
#else
std::vector<docs::Entry> monitor_keys() { return {}; }
std::vector<docs::Entry> monitor_panes() { return {}; }
std::vector<docs::Entry> monitor_columns() { return {}; }
#endif

void fill(const std::string& source, std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (line == "@OPTIONS@") {
      out << docs::roff_options(tool_of(source));
    } else if (line == "@FIELDS@") {
      out << docs::roff_fields();
    } else if (line == "@KEYS@") {
      out << docs::roff_entries(monitor_keys());
    } else if (line == "@PANES@") {
      out << docs::roff_entries(monitor_panes());
    } else if (line == "@COLUMNS@") {
      out << docs::roff_entries(monitor_columns());
    } else if (const std::size_t at = line.find("@VERSION@"); at != std::string::npos) {
      out << line.replace(at, 9, sockutils::version()) << '\n';
    } else {
      out << line << '\n';
    }
  }
}

bool write_completion(const std::string& source, std::ostream& out) {
  const std::string name = source.substr(source.rfind('.') + 1);
  for (const docs::Shell& shell : docs::shells()) {
    if (shell.name != name) continue;
    out << shell.completion(tool_of(source));
    return true;
  }
  return false;
}

bool write(const std::string& kind, const std::string& source, std::ostream& out) {
  if (kind == "completion") return write_completion(source, out);
  std::ifstream in(source);
  if (kind != "man" || !in) return false;
  fill(source, in, out);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: docgen man TEMPLATE OUTPUT | docgen completion TOOL.SHELL OUTPUT\n";
    return 2;
  }
  std::ofstream out(argv[3]);
  if (write(argv[1], argv[2], out) && out.flush()) return 0;
  std::cerr << "docgen: cannot make " << argv[3] << " from " << argv[2] << '\n';
  return 1;
}
