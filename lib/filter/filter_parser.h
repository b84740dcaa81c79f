/// The grammar of the filter language:
///
///     filter     := [ states or | or ]
///     or         := and { ( "or" | "|" | "||" ) and }
///     and        := unary { [ "and" | "&" | "&&" ] unary }
///     unary      := ( "not" | "!" ) unary | "(" or ")" | states | "has" FIELD | FLAG
///                 | FIELD [ OPERATOR ] VALUE | FIELD [ "not" ] "in" "(" VALUE { "," VALUE } ")"
///     states     := ( "state" STATE | "exclude" STATE | STATE ) { states }
#pragma once

#include <string_view>

#include "filter/filter_comparison.h"

namespace sockutils::filter {

class Parser {
 public:
  /// Keeps references to all arguments, which must outlive the parser.
  Parser(std::string_view text, const FilterNames& names, const FieldTable& table)
      : text_(text), names_(names), table_(table), lexer_(text) {}

  /// Parses the whole text.
  Parsed parse();

 private:
  void advance(Expect expect = Expect::Test);
  /// The error that the current token is not what was expected.
  FilterError expected(std::string_view what) const;

  Parsed parse_filter();
  Parsed parse_or();
  Parsed parse_and();
  Parsed parse_unary();
  Parsed parse_nested(bool group);
  Parsed parse_primary();
  Parsed parse_states();
  Parsed parse_presence();
  Parsed parse_comparison();
  Parsed unknown_word() const;

  bool at_word(std::string_view word) const;
  bool at_test() const;
  bool at_states() const;
  tl::expected<StateSet, FilterError> read_state();
  /// The operator after the current token; `ahead` is moved past it.
  std::optional<OperatorUse> peek_operator(Lexer& ahead) const;
  tl::expected<std::vector<Token>, FilterError> read_values(const OperatorUse& use, std::string_view noun);
  tl::expected<std::vector<Token>, FilterError> read_list(std::string_view noun);

  std::string_view text_;
  const FilterNames& names_;
  const FieldTable& table_;
  Lexer lexer_;
  Token token_;
  unsigned depth_ = 0;
};

}  // namespace sockutils::filter
