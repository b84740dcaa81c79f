#include "filter/filter_parser.h"

#include <array>

#include "common/text.h"
#include "filter/filter_suggest.h"
#include "filter/filter_value.h"

namespace sockutils::filter {
namespace {

/// Limits recursion, so that hostile filters cannot exhaust the stack, here and wherever a tree is walked.
constexpr unsigned MaxDepth = 200;
constexpr std::size_t MaxFilterLength = 64 * 1024;

struct Keyword {
  std::string_view word;
  TokenKind kind;
};

constexpr std::array<Keyword, 3> Keywords{
    {{"and", TokenKind::And}, {"or", TokenKind::Or}, {"not", TokenKind::Not}}};

struct OperatorWord {
  std::string_view word;
  Operator op;
};

constexpr std::array<OperatorWord, 10> OperatorWords{{
    {"eq", {Relation::Equal, false}},
    {"ne", {Relation::Equal, true}},
    {"neq", {Relation::Equal, true}},
    {"lt", {Relation::Less, false}},
    {"le", {Relation::LessEqual, false}},
    {"leq", {Relation::LessEqual, false}},
    {"gt", {Relation::Greater, false}},
    {"ge", {Relation::GreaterEqual, false}},
    {"geq", {Relation::GreaterEqual, false}},
    {"in", {Relation::Equal, false}},
}};

bool is_word(const Token& token, std::string_view word) {
  return token.kind == TokenKind::Word && !token.quoted && equal_ignoring_case(token.text, word);
}

Token with_keywords(Token token) {
  for (const Keyword& keyword : Keywords)
    if (is_word(token, keyword.word)) token.kind = keyword.kind;
  return token;
}

/// Merges nested nodes of one kind, so that only brackets add depth.
template <class Kind>
NodePointer join(std::vector<NodePointer> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Kind whole;
  for (NodePointer& part : parts) {
    if (const auto* const same = std::get_if<Kind>(part.get()))
      whole.parts.insert(whole.parts.end(), same->parts.begin(), same->parts.end());
    else
      whole.parts.push_back(std::move(part));
  }
  return make_node(std::move(whole));
}

}  // namespace

void Parser::advance(Expect expect) { token_ = with_keywords(lexer_.next(expect)); }

FilterError Parser::expected(std::string_view what) const {
  if (token_.kind == TokenKind::Broken) return error_at(token_, token_.text);
  std::string message = "expected " + std::string(what) + ", found ";
  const std::string_view found = text_.substr(token_.position, token_.length);
  if (token_.kind == TokenKind::End)
    message += "the end";
  else
    message += token_.quoted ? "the quoted " + quoted(token_.text) : quoted(found);
  return error_at(token_, std::move(message));
}

bool Parser::at_word(std::string_view word) const { return is_word(token_, word); }

bool Parser::at_test() const {
  return token_.kind == TokenKind::Word || token_.kind == TokenKind::Not || token_.kind == TokenKind::Open;
}

Parsed Parser::parse() {
  if (text_.size() > MaxFilterLength)
    return tl::unexpected(FilterError{
        MaxFilterLength, 0, "a filter can hold " + std::to_string(MaxFilterLength) + " bytes", {}});
  advance();
  if (token_.kind == TokenKind::End) return make_node(Everything{});
  auto node = parse_filter();
  if (!node) return node;
  if (token_.kind == TokenKind::Close) return tl::unexpected(error_at(token_, "this \")\" was never opened"));
  if (token_.kind != TokenKind::End) return tl::unexpected(expected("\"and\", \"or\" or another test"));
  return node;
}

/// State words at the beginning of a filter apply to all of it, as in `ss`: `state listening A or B` equals
/// `state listening ( A or B )`.
Parsed Parser::parse_filter() {
  if (!at_states()) return parse_or();
  const Lexer begin = lexer_;
  const Token first = token_;
  auto states = parse_states();
  if (!states || token_.kind == TokenKind::End) return states;
  if (!at_test()) {
    lexer_ = begin;
    token_ = first;
    return parse_or();
  }
  auto rest = parse_or();
  if (!rest) return rest;
  return join<And>({std::move(*states), std::move(*rest)});
}

Parsed Parser::parse_or() {
  std::vector<NodePointer> parts;
  for (;;) {
    auto part = parse_and();
    if (!part) return part;
    parts.push_back(std::move(*part));
    if (token_.kind != TokenKind::Or) return join<Or>(std::move(parts));
    advance();
  }
}

Parsed Parser::parse_and() {
  std::vector<NodePointer> parts;
  for (;;) {
    auto part = parse_unary();
    if (!part) return part;
    parts.push_back(std::move(*part));
    if (token_.kind == TokenKind::And)
      advance();
    else if (!at_test())
      return join<And>(std::move(parts));
  }
}

Parsed Parser::parse_unary() {
  if (token_.kind == TokenKind::Not) return parse_nested(false);
  if (token_.kind == TokenKind::Open) return parse_nested(true);
  return parse_primary();
}

/// The content of brackets, or the operand of "not".
Parsed Parser::parse_nested(bool group) {
  if (depth_ == MaxDepth)
    return tl::unexpected(
        error_at(token_, "nested too deep: at most " + std::to_string(MaxDepth) + " levels"));
  const Token open = token_;
  ++depth_;
  advance();
  auto node = group ? parse_or() : parse_unary();
  --depth_;
  if (!node) return node;
  if (!group) return make_node(Not{std::move(*node)});
  if (token_.kind == TokenKind::End) return tl::unexpected(error_at(open, "this \"(\" is never closed"));
  if (token_.kind != TokenKind::Close) return tl::unexpected(expected("\"and\", \"or\" or \")\""));
  advance();
  return node;
}

Parsed Parser::parse_primary() {
  if (token_.kind != TokenKind::Word || token_.quoted) return tl::unexpected(expected("a field or a state"));
  if (at_states()) return parse_states();
  if (at_word("has")) return parse_presence();
  return parse_comparison();
}

bool Parser::at_states() const {
  if (!is_of_sockets(table_) || token_.kind != TokenKind::Word || token_.quoted) return false;
  if (at_word("exclude") || sockutils::parse_states(token_.text)) return true;
  Lexer ahead = lexer_;
  return at_word("state") && !peek_operator(ahead);
}

/// One test from all adjacent state words, as `ss` reads them: each adds its states, "exclude" removes some,
/// and a test that begins with "exclude" starts from all states.
Parsed Parser::parse_states() {
  StateSet states;
  for (bool first = true; first || at_states(); first = false) {
    const bool exclude = at_word("exclude");
    if (exclude || at_word("state")) advance(Expect::Value);
    const auto named = read_state();
    if (!named) return tl::unexpected(named.error());
    if (exclude && first) states = StateSet::all();
    states = exclude ? states - *named : states | *named;
    advance();
  }
  return make_node(StateTest{states});
}

tl::expected<StateSet, FilterError> Parser::read_state() {
  if (token_.kind != TokenKind::Word) return tl::unexpected(expected("a state"));
  const auto states = read_states(token_.text);
  if (!states) return tl::unexpected(error_at(token_, states.error().message, states.error().suggestion));
  return *states;
}

Parsed Parser::parse_presence() {
  advance();
  if (token_.kind != TokenKind::Word || token_.quoted)
    return tl::unexpected(expected("a field after \"has\""));
  const auto subject = find_subject(token_.text, table_);
  if (!subject) return unknown_word();
  auto node = make_presence(*subject, token_);
  advance();
  return node;
}

std::optional<OperatorUse> Parser::peek_operator(Lexer& ahead) const {
  OperatorUse use;
  use.token = with_keywords(ahead.next(Expect::Value));
  use.op = use.token.op;
  if (use.token.kind == TokenKind::Operator) return use;
  if (use.token.kind == TokenKind::Not) {
    use.list = use.op.negated = is_word(ahead.next(Expect::Value), "in");
    return use.list ? std::optional(use) : std::nullopt;
  }
  for (const OperatorWord& row : OperatorWords) {
    if (!is_word(use.token, row.word)) continue;
    use.op = row.op;
    use.list = row.word == "in";
    return use;
  }
  return std::nullopt;
}

Parsed Parser::parse_comparison() {
  const auto subject = find_subject(token_.text, table_);
  if (!subject) return unknown_word();
  const Token name = token_;
  Lexer ahead = lexer_;
  auto use = peek_operator(ahead);
  const bool flag = subject->field != nullptr && subject->field->type == Type::Flag;
  if (!use && flag) {
    advance();
    return make_node(Comparison{subject->field, {}, std::vector{true}});
  }
  const bool explicit_use = use.has_value();
  if (explicit_use)
    lexer_ = ahead;
  else
    use = OperatorUse{{}, false, name};
  const std::string noun(value_noun(*subject));
  const auto values = read_values(*use, explicit_use ? noun : "an operator or " + noun);
  if (!values) return tl::unexpected(values.error());
  return make_comparison(*subject, name, *use, *values, names_);
}

tl::expected<std::vector<Token>, FilterError> Parser::read_values(const OperatorUse& use,
                                                                  std::string_view noun) {
  advance(Expect::Value);
  if (use.list) return read_list(noun);
  if (token_.kind != TokenKind::Word) return tl::unexpected(expected(noun));
  std::vector<Token> values{token_};
  advance();
  const bool touches = token_.position == values[0].position + values[0].length;
  if (token_.kind == TokenKind::Open && touches)
    return tl::unexpected(error_at(token_, "a value that holds a bracket must be quoted"));
  return values;
}

tl::expected<std::vector<Token>, FilterError> Parser::read_list(std::string_view noun) {
  if (token_.kind != TokenKind::Open) return tl::unexpected(expected("\"(\" and a list"));
  std::vector<Token> values;
  do {
    advance(Expect::Element);
    if (token_.kind != TokenKind::Word) return tl::unexpected(expected(noun));
    values.push_back(token_);
    advance(Expect::Element);
  } while (token_.kind == TokenKind::Comma);
  if (token_.kind != TokenKind::Close) return tl::unexpected(expected("\",\" or \")\""));
  advance();
  return values;
}

Parsed Parser::unknown_word() const {
  std::string fault = quoted(token_.text);
  if (is_of_sockets(table_))
    fault += " is neither a field nor a state";
  else if (find_subject(token_.text, socket_fields()))
    fault += " is for sockets, and no field of " + std::string(table_.kind());
  else
    fault += " is no field of " + std::string(table_.kind());
  return tl::unexpected(error_at(token_, std::move(fault), suggest_test(token_.text, table_)));
}

}  // namespace sockutils::filter
