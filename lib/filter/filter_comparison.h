/// Comparisons: makes a node of the tree from a subject, an operator and the words after it.
#pragma once

#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "filter/filter_lexer.h"
#include "filter/filter_node.h"

namespace sockutils::filter {

using Parsed = tl::expected<NodePointer, FilterError>;

/// The left side of an operator.
struct Subject {
  /// All but `Field` are more than one field of the table.
  enum class Kind : std::uint8_t { Host, Address, Port, Interface, User, ControlGroup, State, Field };
  Kind kind = Kind::Field;
  Side side = Side::Local;
  /// Null for `port` and `address`, which stand for two fields.
  const Field* field = nullptr;
};

/// Whether the words of `ss` apply: the rows are sockets.
bool is_of_sockets(const FieldTable& table);

/// The subject with this name, in any case, if there is one.
std::optional<Subject> find_subject(std::string_view text, const FieldTable& table);

/// The names of subjects that are not fields, for suggestions.
std::vector<std::string_view> subject_words();

/// A noun for messages: `a port or a service name`.
std::string_view value_noun(const Subject& subject);

/// An operator as it was written.
struct OperatorUse {
  Operator op;
  /// `in (...)`
  bool list = false;
  Token token;
};

/// The error that a token of the filter is wrong in this way.
FilterError error_at(const Token& token, std::string message, std::string_view suggestion = {});

/// `name` is the word of the subject; `values` holds at least one value.
Parsed make_comparison(const Subject& subject, const Token& name, const OperatorUse& use,
                       const std::vector<Token>& values, const FilterNames& names);

/// `has` and its field.
Parsed make_presence(const Subject& subject, const Token& name);

}  // namespace sockutils::filter
