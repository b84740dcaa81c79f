#include "filter/filter_lexer.h"

#include <array>
#include <optional>

#include "common/parse_number.h"

namespace sockutils::filter {
namespace {

struct Sign {
  std::string_view text;
  TokenKind kind;
  Operator op = {};
};

/// Longer signs come before their prefixes.
constexpr std::array<Sign, 19> Signs{{
    {"==", TokenKind::Operator, {Relation::Equal, false}},
    {"=<", TokenKind::Operator, {Relation::LessEqual, false}},
    {"=>", TokenKind::Operator, {Relation::GreaterEqual, false}},
    {"=~", TokenKind::Operator, {Relation::Match, false}},
    {"=", TokenKind::Operator, {Relation::Equal, false}},
    {"!=", TokenKind::Operator, {Relation::Equal, true}},
    {"!~", TokenKind::Operator, {Relation::Match, true}},
    {"!", TokenKind::Not},
    {"<=", TokenKind::Operator, {Relation::LessEqual, false}},
    {"<", TokenKind::Operator, {Relation::Less, false}},
    {">=", TokenKind::Operator, {Relation::GreaterEqual, false}},
    {">", TokenKind::Operator, {Relation::Greater, false}},
    {"~", TokenKind::Operator, {Relation::Match, false}},
    {"&&", TokenKind::And},
    {"&", TokenKind::And},
    {"||", TokenKind::Or},
    {"|", TokenKind::Or},
    {"(", TokenKind::Open},
    {")", TokenKind::Close},
}};

bool is_blank(char c) { return std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos; }

bool is_quote(char c) { return c == '\'' || c == '"'; }

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// The character that a letter after a backslash stands for.
std::optional<char> unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '\\':
    case '\'':
    case '"':
      return c;
    default:
      return std::nullopt;
  }
}

}  // namespace

char Lexer::peek(std::size_t ahead) const {
  return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
}

bool Lexer::take(std::string_view sign) {
  if (text_.substr(offset_, sign.size()) != sign) return false;
  offset_ += sign.size();
  return true;
}

bool Lexer::ends_word(char c, Expect expect) const {
  if (is_blank(c) || is_one_of(c, "()&|")) return true;
  if (expect == Expect::Test) return is_one_of(c, "!=<>~,");
  return expect == Expect::Element && c == ',';
}

Token Lexer::next(Expect expect) {
  while (offset_ < text_.size() && is_blank(text_[offset_])) ++offset_;
  Token token;
  token.position = offset_;
  if (offset_ < text_.size() && !read_sign(token, expect)) read_word(token, expect);
  token.length = offset_ - token.position;
  return token;
}

bool Lexer::read_sign(Token& token, Expect expect) {
  for (const Sign& sign : Signs) {
    if (!take(sign.text)) continue;
    token.kind = sign.kind;
    token.op = sign.op;
    return true;
  }
  if (expect == Expect::Value || !take(",")) return false;
  token.kind = TokenKind::Comma;
  return true;
}

void Lexer::read_word(Token& token, Expect expect) {
  token.kind = TokenKind::Word;
  while (offset_ < text_.size() && !ends_word(text_[offset_], expect)) {
    if (!is_quote(text_[offset_]))
      token.text += text_[offset_++];
    else if (!read_quoted(token))
      return;
  }
}

bool Lexer::read_quoted(Token& token) {
  token.quoted = true;
  const std::size_t begin = offset_;
  const char quote = text_[offset_++];
  while (offset_ < text_.size()) {
    if (text_[offset_] == quote) {
      ++offset_;
      return true;
    }
    if (text_[offset_] != '\\')
      token.text += text_[offset_++];
    else if (!read_escape(token))
      return false;
  }
  token.kind = TokenKind::Broken;
  token.position = begin;
  token.text = std::string("this ") + quote + " is never closed";
  return false;
}

/// A backslash before a character without a special meaning is kept, so regular expressions do not need
/// double backslashes.
bool Lexer::read_escape(Token& token) {
  if (const auto c = unescape(peek(1))) {
    token.text += *c;
    offset_ += 2;
    return true;
  }
  if (peek(1) != 'x') {
    token.text += text_[offset_++];
    return true;
  }
  const auto byte = parse_number<std::uint8_t>(text_.substr(offset_ + 2, 2), 16);
  if (!byte || offset_ + 4 > text_.size()) {
    token.kind = TokenKind::Broken;
    token.position = offset_;
    offset_ += 2;
    token.text = "expected two hexadecimal digits after \\x";
    return false;
  }
  token.text += static_cast<char>(*byte);
  offset_ += 4;
  return true;
}

}  // namespace sockutils::filter
