/// Which fields of which rows, in which order: what options say of results.
#pragma once

#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "render/row_choice.h"
#include "sockprobe/question.h"
#include "sockprobe/settings.h"
#include "sockutils/filter.h"

namespace tools::sockprobe {

/// A kind of rows, and what is shown of them when `--columns` does not say.
struct RowKind {
  const sockutils::FieldTable& table;
  std::span<const std::string_view> for_people;
  /// One fact to a cell.
  std::span<const std::string_view> flat;
  /// Those for people that are left out when no row has a value for them.
  std::span<const std::string_view> optional;
};

/// What `--path`, `--via`, or neither gives.
RowKind row_kind(const Settings& settings);

struct RowQuery {
  RowKind kind;
  Fields fields;
  std::vector<sockutils::SortKey> order;
  sockutils::Filter filter;
  /// The fields are those for people.
  bool is_usual_table = false;
};

/// Errors: a field that there is not, a filter that cannot be read.
tl::expected<RowQuery, Refusal> make_row_query(const Settings& settings);

/// Without the columns that may be left out, as far as no row has a value for them.
Fields without_empty_columns(const RowQuery& query, std::span<const sockutils::Row* const> rows);

}  // namespace tools::sockprobe
