/// The tokens of the filter language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "filter/filter_node.h"

namespace sockutils::filter {

enum class TokenKind : std::uint8_t { End, Word, Operator, And, Or, Not, Open, Close, Comma, Broken };

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t position = 0;
  std::size_t length = 0;
  /// The word, without quotes and escapes. For `Broken`, what is wrong.
  std::string text;
  /// Part of the word was quoted: it is not a keyword, and `text` differs from the text of the filter.
  bool quoted = false;
  Operator op;
};

/// The extent of a word depends on its position: `sport=:22` is three tokens, but the value in `command_line
/// = --port=22` is one.
enum class Expect : std::uint8_t {
  Test,    ///< a field, a keyword or a connective: words end at any sign
  Value,   ///< comparison signs only count at its beginning
  Element  ///< a value in a list: also ends at a comma
};

/// Reads tokens one by one. Keeps a view of the text, which must outlive the lexer.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next(Expect expect);
  /// Goes back to the position of a token, to read it differently.
  void seek(std::size_t position) { offset_ = position; }

 private:
  char peek(std::size_t ahead = 0) const;
  bool take(std::string_view sign);
  bool ends_word(char c, Expect expect) const;
  bool read_sign(Token& token, Expect expect);
  void read_word(Token& token, Expect expect);
  bool read_quoted(Token& token);
  bool read_escape(Token& token);

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace sockutils::filter
