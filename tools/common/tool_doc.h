/// What a tool says of itself: one description for `--help`, the man page and shell completion.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tools {

/// The value that an option takes.
struct Argument {
  /// How the help calls it; empty when the option takes no value.
  std::string_view name = {};
  /// `--word` alone is allowed, and a value only as `--word=VALUE`.
  bool optional = false;
  /// The words that completion offers; null when there are none.
  std::vector<std::string> (*words)() = nullptr;
  /// Several words, separated by commas.
  bool list = false;
  /// Characters that may stand before a word: `+-`.
  std::string_view signs = {};
};

struct OptionDoc {
  /// 0 when there is only the word.
  char letter = 0;
  std::string_view word;
  Argument argument = {};
  /// The heading that it stands under.
  std::string_view group;
  /// For `--help`: a few words.
  std::string_view help;
  /// For the man page, after `help`: whole sentences, or nothing. Literal words stand in `backquotes`.
  std::string_view details = {};
  /// Fields that it adds to the columns.
  std::span<const std::string_view> adds = {};
};

struct Example {
  std::string_view command;
  std::string_view meaning;
};

/// An entry of a table of a tool's own: a term, and what it means. `heading` begins a section of them when it
/// is another one than before.
struct DocEntry {
  std::string heading;
  std::string term;
  std::string meaning;
};

/// A table of the man page: it stands where a line of the page is the marker, `@KEYS@`.
struct DocTable {
  std::string_view marker;
  std::vector<DocEntry> (*entries)();
};

struct ToolDoc {
  std::string_view name;
  std::string_view synopsis;
  std::string_view summary;
  /// In the order of the help; options of one group stand together.
  std::vector<OptionDoc> options;
  std::vector<Example> examples;
  /// Below the options.
  std::string_view closing;
  /// Words that completion offers where no option is being typed; null when there are none.
  std::vector<std::string> (*operands)() = nullptr;
  /// What its man page tells besides options.
  std::vector<DocTable> tables = {};

  std::vector<std::string> operand_words() const {
    return operands == nullptr ? std::vector<std::string>{} : operands();
  }
};

/// `-c, --columns=LIST`
std::string option_heading(const OptionDoc& option);

/// Where a text of several lines stands.
struct Block {
  /// Column of every line; the cursor is there already on the first.
  std::size_t indent;
  std::size_t line_width;
};

/// Appends words, and a newline at the end of each line.
void append_wrapped(std::string& out, std::string_view text, const Block& block);

/// The text of `--help`, 80 columns wide.
std::string help_text(const ToolDoc& tool);

}  // namespace tools
