// Writes sockets as CSV: those that two filters match. Usage: csv_export FILTER FILTER
#include <sockutils/sockutils.h>

#include <iostream>

using namespace sockutils;

namespace {

/// Doubled quotes within quotes, RFC 4180.
void write_cell(std::ostream& out, const OptionalValue& value, Type type) {
  std::string text;
  if (value) append_value(text, *value, type, Style::Plain);
  out << '"';
  for (const char c : text) out << (c == '"' ? "\"\"" : std::string(1, c));
  out << '"';
}

}  // namespace

int main(int argc, char** argv) {
  Query query;
  for (int i = 1; i < argc; ++i) {
    const auto filter = Filter::parse(argv[i], system_filter_names());
    if (!filter) return std::cerr << filter.error().explain(argv[i]), 2;
    query.filter = query.filter && *filter;
  }
  if (auto named = query.columns({"protocol", "state", "local", "peer", "process"}); !named) return 3;
  const auto report = list_sockets(query, [&](Values row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) std::cout << ',';
      write_cell(std::cout, row[i], query.fields[i]->type);
    }
    return static_cast<bool>(std::cout << '\n');
  });
  if (!report) std::cerr << escape_text(report.error().message()) << '\n';
  return report ? 0 : 3;
}
