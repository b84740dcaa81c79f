#include "docs/docs.h"

#include "common/words.h"

namespace tools::docs {
namespace {

/// Inside of an _arguments specification brackets and colons have a meaning.
std::string specification_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string function_name(const ToolDoc& tool, std::string_view part) {
  std::string text = "_" + std::string(tool.name) + "_" + std::string(part);
  for (char& c : text) {
    if (c == '-') c = '_';
  }
  return text;
}

std::string value_function(const ToolDoc& tool, const OptionDoc& option) {
  std::string text = function_name(tool, option.word) + "() {\n";
  if (option.argument.list) {
    text += "  compset -P '*,'\n";
    if (!option.argument.signs.empty())
      text += "  compset -P '[" + std::string(option.argument.signs) + "]'\n";
    text += "  compadd -q -S '' -- ";
  } else {
    text += "  compadd -- ";
  }
  return text + join(option.argument.words(), " ") + "\n}\n\n";
}

std::string argument_specification(const ToolDoc& tool, const OptionDoc& option) {
  if (option.argument.name.empty()) return {};
  std::string text = option.argument.optional ? "::" : ":";
  text += option.argument.name;
  text += option.argument.words == nullptr ? ": " : ":" + function_name(tool, option.word);
  return text;
}

/// `'(-f --family)'{-f,--family=}'[a family by name]:FAMILY:_sockls_family'`
std::string specification(const ToolDoc& tool, const OptionDoc& option) {
  const std::string word = "--" + std::string(option.word);
  std::string_view assignment;
  if (!option.argument.name.empty()) assignment = option.argument.optional ? "=-" : "=";
  const std::string tail = "[" + specification_text(option.help) + "]" + argument_specification(tool, option);
  if (option.letter == 0) return quoted(word + std::string(assignment) + tail);
  const std::string letter = std::string("-") + option.letter;
  const std::string_view letter_mark = option.argument.name.empty() ? "" : "+";
  return "'(" + letter + " " + word + ")'{" + letter + std::string(letter_mark) + "," + word +
         std::string(assignment) + "}" + quoted(tail);
}

}  // namespace

std::string zsh_completion(const ToolDoc& tool) {
  std::string out = "#compdef " + std::string(tool.name) + "\n\n";
  for (const OptionDoc& option : tool.options) {
    if (option.argument.words != nullptr) out += value_function(tool, option);
  }
  const std::string operands = function_name(tool, "operands");
  if (tool.operands != nullptr)
    out += operands + "() {\n  compadd -- " + join(tool.operands(), " ") + "\n}\n\n";
  out += "_arguments -s -S";
  for (const OptionDoc& option : tool.options) out += " \\\n  " + specification(tool, option);
  if (tool.operands != nullptr) out += " \\\n  '*:filter:" + operands + "'";
  return out + "\n";
}

}  // namespace tools::docs
