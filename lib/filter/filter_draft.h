/// The input for comparisons of all kinds. Private to filter_comparison.cc and filter_endpoint.cc.
#pragma once

#include <string_view>
#include <vector>

#include "filter/filter_comparison.h"
#include "filter/filter_value.h"

namespace sockutils::filter {

struct Draft {
  const Subject& subject;
  const Token& name;
  const OperatorUse& use;
  const std::vector<Token>& values;
  const FilterNames& names;

  Operator op() const { return use.op; }
};

template <class T>
using Checked = tl::expected<T, FilterError>;

/// The error at the position of a faulty value.
FilterError error_in(const Token& token, const ValueFault& fault);

/// The error for an operator that this subject does not support: unordered subjects take `=` and `!=` only,
/// and patterns are for text.
std::optional<FilterError> refuse_unless(const Draft& draft, bool ordered, bool text = false);

/// The error of an ordered comparison with a name that stands for several ports.
std::optional<FilterError> refuse_several(const Draft& draft, std::size_t count);

template <class T, class U>
void append(std::vector<T>& list, const U& value) {
  list.emplace_back(value);
}

template <class T, class U>
void append(std::vector<T>& list, const std::vector<U>& values) {
  list.insert(list.end(), values.begin(), values.end());
}

/// Reads each value with `read`, which gives one result or a vector of them.
template <class T, class Read>
Checked<std::vector<T>> read_all(const Draft& draft, const Read& read) {
  std::vector<T> list;
  for (const Token& token : draft.values) {
    const auto value = read(std::string_view(token.text));
    if (!value) return tl::unexpected(error_in(token, value.error()));
    append(list, *value);
  }
  return list;
}

// For subjects that are one end of the socket.
Parsed make_host(const Draft& draft);
Parsed make_address(const Draft& draft);
Parsed make_port(const Draft& draft);

}  // namespace sockutils::filter
