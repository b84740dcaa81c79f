#include "common/tool_doc.h"

#include <algorithm>

namespace tools {
namespace {

constexpr std::size_t LineWidth = 80;
constexpr std::size_t TextColumn = 27;

void append_option(std::string& out, const OptionDoc& option) {
  std::string heading = (option.letter == 0 ? "      " : "  ") + option_heading(option);
  if (heading.size() + 2 > TextColumn) {
    out += heading;
    out += '\n';
    heading.clear();
  }
  heading.resize(TextColumn, ' ');
  out += heading;
  append_wrapped(out, option.help, {TextColumn, LineWidth});
}

}  // namespace

void append_wrapped(std::string& out, std::string_view text, const Block& block) {
  std::size_t column = block.indent;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(' '), text.size());
    const bool first = column == block.indent;
    if (!first && column + 1 + length > block.line_width) {
      out += '\n';
      out.append(block.indent, ' ');
      column = block.indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, length);
    column += length;
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  out += '\n';
}

std::string option_heading(const OptionDoc& option) {
  std::string text;
  if (option.letter != 0) {
    text += '-';
    text += option.letter;
    text += ", ";
  }
  text += "--";
  text += option.word;
  if (option.argument.name.empty()) return text;
  text += option.argument.optional ? "[=" : "=";
  text += option.argument.name;
  if (option.argument.optional) text += ']';
  return text;
}

std::string help_text(const ToolDoc& tool) {
  std::string out = "Usage: ";
  out += tool.synopsis;
  out += '\n';
  append_wrapped(out, tool.summary, {0, LineWidth});
  std::string_view group;
  for (const OptionDoc& option : tool.options) {
    if (option.group != group) {
      group = option.group;
      out += '\n';
      out += group;
      out += ":\n";
    }
    append_option(out, option);
  }
  out += "\nExamples:\n";
  for (const Example& example : tool.examples) {
    out += "  ";
    out += example.command;
    out += "\n      ";
    append_wrapped(out, example.meaning, {6, LineWidth});
  }
  out += '\n';
  append_wrapped(out, tool.closing, {0, LineWidth});
  return out;
}

}  // namespace tools
