// Lists listeners and who holds them: the example of <sockutils/sockutils.h>, which the README shows too.
#include <sockutils/sockutils.h>

#include <iostream>

int main() {
  using namespace sockutils;
  Query query;
  query.states = {State::Listen};
  if (auto named = query.columns({"local", "processes"}); !named) return 1;
  auto report = list_sockets(query, [&](Values row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i, line += "  ")
      if (row[i]) append_value(line, *row[i], query.fields[i]->type, Style::Human);
    return static_cast<bool>(std::cout << escape_text(line) << '\n');
  });
  return report ? 0 : 1;
}
