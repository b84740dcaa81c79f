// Writes man pages and completions from what the tools say of themselves; runs during the build.
//
//   docgen man TEMPLATE OUTPUT       lines that are a marker are replaced
//   docgen completion SHELL OUTPUT

#include <fstream>
#include <iostream>
#include <string>

#include "docs/docs.h"
#include "sockls/options.h"
#include "sockutils/version.h"

namespace {

using namespace tools;

void fill(std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) {
    if (line == "@OPTIONS@") {
      out << docs::roff_options(sockls::tool_doc());
    } else if (line == "@FIELDS@") {
      out << docs::roff_fields();
    } else if (const std::size_t at = line.find("@VERSION@"); at != std::string::npos) {
      out << line.replace(at, 9, sockutils::version()) << '\n';
    } else {
      out << line << '\n';
    }
  }
}

bool write_completion(std::string_view name, std::ostream& out) {
  for (const docs::Shell& shell : docs::shells()) {
    if (shell.name != name) continue;
    out << shell.completion(sockls::tool_doc());
    return true;
  }
  return false;
}

bool write(const std::string& kind, const std::string& source, std::ostream& out) {
  if (kind == "completion") return write_completion(source, out);
  std::ifstream in(source);
  if (kind != "man" || !in) return false;
  fill(in, out);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: docgen man TEMPLATE OUTPUT | docgen completion SHELL OUTPUT\n";
    return 2;
  }
  std::ofstream out(argv[3]);
  if (write(argv[1], argv[2], out) && out.flush()) return 0;
  std::cerr << "docgen: cannot make " << argv[3] << " from " << argv[2] << '\n';
  return 1;
}
