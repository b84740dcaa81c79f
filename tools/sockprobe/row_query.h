/// The fields, filter and order of result rows, from the options.
#pragma once

#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "render/row_choice.h"
#include "sockprobe/question.h"
#include "sockprobe/settings.h"
#include "sockutils/filter.h"

namespace tools::sockprobe {

/// A kind of row and its default fields.
struct RowKind {
  const sockutils::FieldTable& table;
  std::span<const std::string_view> for_people;
  /// One fact per cell.
  std::span<const std::string_view> flat;
  /// Fields for people that are left out when no row has a value for them.
  std::span<const std::string_view> optional;
};

/// The rows of `--path`, of `--via`, or of plain probing.
RowKind row_kind(const Settings& settings);

struct RowQuery {
  RowKind kind;
  Fields fields;
  std::vector<sockutils::SortKey> order;
  sockutils::Filter filter;
  /// The fields are the default ones for people.
  bool is_usual_table = false;
};

/// Errors: an unknown field, or a faulty filter.
tl::expected<RowQuery, Refusal> make_row_query(const Settings& settings);

/// Leaves out optional columns for which no row has a value.
Fields without_empty_columns(const RowQuery& query, std::span<const sockutils::Row* const> rows);

}  // namespace tools::sockprobe
