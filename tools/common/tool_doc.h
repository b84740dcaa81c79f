/// The documentation of a tool: one source for `--help`, the man page and shell completion.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// The value that an option takes.
struct Argument {
  /// Its name in the help; empty when the option takes no value.
  std::string_view name = {};
  /// `--word` is allowed without a value; a value must be given as `--word=VALUE`.
  bool optional = false;
  /// The words that completion suggests; null when there are none.
  std::vector<std::string> (*words)() = nullptr;
  /// A list of words, separated by commas.
  bool list = false;
  /// Characters that may precede a word: `+-`.
  std::string_view signs = {};
};

struct OptionDoc {
  /// 0 when there is no letter.
  char letter = 0;
  std::string_view word;
  Argument argument = {};
  /// The heading under which it is listed.
  std::string_view group;
  /// For `--help`: a few words.
  std::string_view help;
  /// For the man page, after `help`: whole sentences, or empty. Literal words are in `backquotes`.
  std::string_view details = {};
  /// Fields that this option adds to the columns.
  std::span<const std::string_view> adds = {};
};

struct Example {
  std::string_view command;
  std::string_view meaning;
};

/// An entry in a table of the tool's own: a term and its meaning. A `heading` that differs from the previous
/// one begins a new section.
struct DocEntry {
  std::string heading;
  std::string term;
  std::string meaning;
};

/// A table in the man page; replaces the line with the marker, `@KEYS@`.
struct DocTable {
  std::string_view marker;
  std::vector<DocEntry> (*entries)();
};

struct ToolDoc {
  std::string_view name;
  std::string_view synopsis;
  std::string_view summary;
  /// In the order of the help; options of one group are adjacent.
  std::vector<OptionDoc> options;
  std::vector<Example> examples;
  /// Text after the options.
  std::string_view closing;
  /// Words that completion suggests for operands; null when there are none.
  std::vector<std::string> (*operands)() = nullptr;
  /// Further tables for its man page.
  std::vector<DocTable> tables = {};

  std::vector<std::string> operand_words() const {
    return operands == nullptr ? std::vector<std::string>{} : operands();
  }
};

/// `-c, --columns=LIST`
std::string option_heading(const OptionDoc& option);

/// The position of a text of several lines.
struct Block {
  /// The column of all lines; on the first line the cursor is already there.
  std::size_t indent;
  std::size_t line_width;
};

/// Appends wrapped text; every line ends with a newline.
void append_wrapped(std::string& out, std::string_view text, const Block& block);

/// The text of `--help`, 80 columns wide.
std::string help_text(const ToolDoc& tool);

}  // namespace tools
