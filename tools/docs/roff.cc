// man(7), as groff and mandoc both read it.

#include <algorithm>

#include "docs/docs.h"
#include "sockutils/field.h"

namespace tools::docs {
namespace {

void append_roff(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
}

/// Breaks what was appended to `out` after `begin` into lines that editors and mandoc like. No line may
/// begin with a control character of roff.
void break_lines(std::string& out, std::size_t begin) {
  constexpr std::size_t Longest = 80;
  for (std::size_t line = begin; out.size() - line > Longest;) {
    const std::size_t newline = out.find('\n', line);
    if (newline != std::string::npos && newline - line <= Longest) {
      line = newline + 1;
      continue;
    }
    std::size_t space = out.rfind(' ', line + Longest);
    while (space > line && (out[space + 1] == '.' || out[space + 1] == '\''))
      space = out.rfind(' ', space - 1);
    if (space == std::string::npos || space <= line) return;
    out[space] = '\n';
    line = space + 1;
  }
}

/// Text with literal words in backquotes, each sentence on lines of its own.
void append_sentences(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  bool literal = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`') {
      literal = !literal;
      out += literal ? "\\fB" : "\\fR";
    } else if (c == ' ' && i > 0 && text[i - 1] == '.') {
      out += '\n';
    } else {
      append_roff(out, text.substr(i, 1));
    }
  }
  out += '\n';
  break_lines(out, begin);
}

std::string sentence(std::string_view text) {
  std::string result(text);
  if (result.empty()) return result;
  if (result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
  if (result.back() != '.') result += '.';
  return result;
}

void append_bold(std::string& out, std::string_view text) {
  out += "\\fB";
  append_roff(out, text);
  out += "\\fR";
}

/// "`a`, `b`, `c`"
std::string enumeration(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += '`';
    text += word;
    text += '`';
  }
  return text;
}

void append_option(std::string& out, const OptionDoc& option) {
  out += ".TP\n";
  if (option.letter != 0) {
    append_bold(out, std::string("-") + option.letter);
    out += ", ";
  }
  append_bold(out, "--" + std::string(option.word));
  if (!option.argument.name.empty()) {
    out += option.argument.optional ? "[=\\fI" : "=\\fI";
    append_roff(out, option.argument.name);
    out += option.argument.optional ? "\\fR]" : "\\fR";
  }
  out += '\n';
  append_sentences(out, sentence(option.help));
  if (!option.details.empty()) append_sentences(out, option.details);
  if (!option.adds.empty()) append_sentences(out, "Adds " + enumeration(option.adds) + ".");
}

void append_aliases(std::string& out, std::string_view aliases) {
  out += "Also: ";
  while (!aliases.empty()) {
    const std::size_t length = std::min(aliases.find(' '), aliases.size());
    append_bold(out, aliases.substr(0, length));
    aliases.remove_prefix(std::min(length + 1, aliases.size()));
    out += aliases.empty() ? ".\n" : ", ";
  }
}

void append_field(std::string& out, const sockutils::Field& field) {
  out += ".TP\n";
  append_bold(out, field.name);
  out += " (\\fI";
  append_roff(out, name(field.type));
  out += "\\fR";
  if (!field.kernel.empty()) {
    out += ", Linux ";
    out += field.kernel;
  }
  out += ")\n";
  append_sentences(out, sentence(field.doc));
  if (!field.aliases.empty()) append_aliases(out, field.aliases);
}

}  // namespace

std::string roff_options(const ToolDoc& tool) {
  std::string out;
  std::string_view group;
  for (const OptionDoc& option : tool.options) {
    if (option.group != group) {
      group = option.group;
      out += ".SS ";
      append_roff(out, group);
      out += '\n';
    }
    append_option(out, option);
  }
  return out;
}

std::string roff_entries(std::span<const DocEntry> entries) {
  std::string out;
  std::string_view heading;
  for (const DocEntry& entry : entries) {
    if (entry.heading != heading) {
      heading = entry.heading;
      out += ".SS ";
      append_roff(out, heading);
      out += '\n';
    }
    out += ".TP\n";
    append_bold(out, entry.term);
    out += '\n';
    append_sentences(out, sentence(entry.meaning));
  }
  return out;
}

std::string roff_fields() {
  std::string out;
  for (const sockutils::Field* field : sockutils::fields()) append_field(out, *field);
  return out;
}

}  // namespace tools::docs
