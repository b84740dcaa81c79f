// Writes man pages and completions from what the tools say of themselves; runs during the build.
//
//   docgen man TEMPLATE OUTPUT       lines that are a marker are replaced
//   docgen completion TOOL.SHELL OUTPUT

#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "common/tool_list.h"
#include "docs/docs.h"
#include "sockutils/version.h"

namespace {

using namespace tools;

/// The tool that a page or completion is named after: `sockls.1.in`, `sockls.bash`. Other pages have nothing
/// of a tool.
ToolDoc tool_of(const std::string& source) {
  const std::string file = source.substr(source.rfind('/') + 1);
  for (ToolDoc& tool : tool_docs())
    if (file.starts_with(std::string(tool.name) + ".")) return std::move(tool);
  return {};
}

/// What stands in place of a line; none when the line is no marker.
std::optional<std::string> replacement(const ToolDoc& tool, std::string_view line) {
  if (line == "@OPTIONS@" && !tool.options.empty()) return docs::roff_options(tool);
  if (line == "@FIELDS@") return docs::roff_fields();
  for (const DocTable& table : tool.tables)
    if (line == table.marker) return docs::roff_entries(table.entries());
  return std::nullopt;
}

void fill(const std::string& source, std::istream& in, std::ostream& out) {
  const ToolDoc tool = tool_of(source);
  for (std::string line; std::getline(in, line);) {
    if (const auto text = replacement(tool, line)) {
      out << *text;
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
