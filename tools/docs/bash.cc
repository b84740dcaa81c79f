#include "docs/docs.h"

#include "common/words.h"

namespace tools::docs {
namespace {

/// `-f|--family`
std::string case_pattern(const OptionDoc& option) {
  std::string pattern;
  if (option.letter != 0) pattern = std::string("-") + option.letter + "|";
  return pattern + "--" + std::string(option.word);
}

std::string case_branch(const OptionDoc& option) {
  const std::string words = join(option.argument.words(), " ");
  std::string text = "        " + case_pattern(option) + ")\n";
  if (option.argument.list) {
    text +=
        "            _sockutils_list \"$cur\" " + quoted(option.argument.signs) + " " + quoted(words) + "\n";
  } else {
    text += "            COMPREPLY=($(compgen -W " + quoted(words) + " -- \"$cur\"))\n";
  }
  return text + "            return ;;\n";
}

std::string option_words(const ToolDoc& tool) {
  std::string words;
  for (const OptionDoc& option : tool.options) {
    if (!words.empty()) words += ' ';
    if (option.letter != 0) words += std::string("-") + option.letter + " ";
    words += "--" + std::string(option.word);
  }
  return words;
}

constexpr std::string_view BashListFunction = R"(
# _sockutils_list CURRENT SIGNS WORDS: the last part of a list with commas.
_sockutils_list() {
    local cur=$1 signs=$2 words=$3 before=
    if [[ $cur == *,* ]]; then
        before=${cur%,*},
        cur=${cur##*,}
    fi
    if [[ -n $signs && -n $cur && $signs == *"${cur:0:1}"* ]]; then
        before+=${cur:0:1}
        cur=${cur:1}
    fi
    COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
    compopt -o nospace 2>/dev/null
}
)";

/// To bash the `=` of `--word=value` is a word of its own.
constexpr std::string_view FunctionStart = R"(() {
    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
    COMPREPLY=()
    if [[ $cur == = ]]; then
        cur=
    elif [[ $option == = && COMP_CWORD -gt 2 ]]; then
        option=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $option in
)";

}  // namespace

std::string bash_completion(const ToolDoc& tool) {
  const std::string function = "_" + std::string(tool.name);
  std::string out = "# bash completion for " + std::string(tool.name) + "\n";
  out += BashListFunction;
  out += '\n' + function;
  out += FunctionStart;
  for (const OptionDoc& option : tool.options) {
    if (option.argument.words != nullptr) out += case_branch(option);
  }
  out += "    esac\n    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W ";
  out += quoted(option_words(tool)) + " -- \"$cur\"))\n    else\n        COMPREPLY=($(compgen -W ";
  out +=
      quoted(join(tool.operand_words(), " ")) + " -- \"$cur\"))\n    fi\n} &&\n    complete -F " + function;
  return out + " " + std::string(tool.name) + "\n";
}

}  // namespace tools::docs
