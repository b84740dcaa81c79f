#include "docs/docs.h"

#include "common/words.h"

namespace tools::docs {
namespace {

/// fish hands over the whole word, `--columns=pid,lo`.
constexpr std::string_view FishListFunction = R"(
function __sockutils_list --description 'The last part of a list with commas: SIGNS WORD...'
    set -l token (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    set -l before (string match -r -- '^.*,' $token)
    set -l rest (string replace -r -- '^.*,' '' $token)
    set -l sign
    if test -n "$argv[1]"
        set sign (string match -r -- "^[$argv[1]]" $rest)
    end
    printf '%s\n' "$before$sign"$argv[2..]
end

)";

std::string values(const Argument& argument) {
  const std::string words = join(argument.words(), " ");
  if (!argument.list) return quoted(words);
  const std::string signs = argument.signs.empty() ? "''" : "'" + std::string(argument.signs) + "'";
  return "\"(__sockutils_list " + signs + " " + words + ")\"";
}

std::string completion(const ToolDoc& tool, const OptionDoc& option) {
  std::string text = "complete -c " + std::string(tool.name);
  if (option.letter != 0) text += std::string(" -s ") + option.letter;
  text += " -l " + std::string(option.word) + " -d " + quoted(option.help);
  if (!option.argument.name.empty() && !option.argument.optional) text += " -x";
  if (option.argument.words != nullptr) text += " -a " + values(option.argument);
  return text + "\n";
}

}  // namespace

std::string fish_completion(const ToolDoc& tool) {
  std::string out = "# fish completion for " + std::string(tool.name) + "\n";
  out += FishListFunction;
  out += "complete -c " + std::string(tool.name) + " -f";
  if (tool.operands != nullptr) out += " -a " + quoted(join(tool.operands(), " "));
  out += "\n";
  for (const OptionDoc& option : tool.options) out += completion(tool, option);
  return out;
}

}  // namespace tools::docs
