#include "sockls/options.h"

#include "common/arguments.h"
#include "sockls/option_table.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

std::vector<OptionDoc> docs_of(const std::vector<Option>& table) {
  std::vector<OptionDoc> docs;
  docs.reserve(table.size());
  for (const Option& option : table) docs.push_back(option.doc);
  return docs;
}

}  // namespace

ToolDoc tool_doc() {
  return {
      .name = "sockls",
      .synopsis = "sockls [OPTION]... [FILTER]",
      .summary = "List open sockets, and who holds them.",
      .options = docs_of(option_table()),
      .examples = {{"sockls -l", "who listens, and where"},
                   {"sockls port 443 and process = nginx",
                    "a filter: any field, and all that ss understands"},
                   {"sockls --wait=30 -q listening and port 5432", "wait until something listens there"}},
      .closing =
          "Letters that ss(8) has mean what they mean there. Filters are explained in sockutils-filter(7), "
          "fields in sockutils-fields(7).",
      .operands = filter_words,
  };
}

tl::expected<CommandLine, std::string> parse_command_line(int argc, const char* const* argv) {
  const std::vector<Option> table = option_table();
  auto arguments = parse_arguments(argc, argv, docs_of(table));
  if (!arguments) return tl::unexpected(arguments.error());
  CommandLine line;
  for (GivenOption& given : arguments->options) {
    const Option& option = table[given.index];
    const auto complaint = option.apply(line.settings, {option.doc, std::move(given.value)});
    if (complaint) return tl::unexpected(*complaint);
  }
  if (auto complaint = check_action(line.settings)) return tl::unexpected(*complaint);
  line.filter = std::move(arguments->operands);
  return line;
}

}  // namespace tools::sockls
