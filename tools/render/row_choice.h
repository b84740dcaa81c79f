/// Options about rows: fields, order and format. All tools that write rows have the same options.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "common/arguments.h"
#include "common/option_row.h"
#include "common/terminal.h"
#include "common/tool_doc.h"
#include "render/renderer.h"
#include "sockutils/field.h"
#include "sockutils/list.h"

namespace tools {

using Fields = std::vector<const sockutils::Field*>;

/// A word of `--columns`.
struct ColumnChange {
  enum class Kind : std::uint8_t { Exactly, Add, Take };
  Kind kind;
  std::string name;
};

/// Names are looked up later, when the kind of row is known.
struct RowChoice {
  std::vector<ColumnChange> columns;
  /// The words of `--sort`, with their signs.
  std::vector<std::string> order;
  /// Null: not selected; see `format_of()`.
  const Format* format = nullptr;
  bool header = true;
  ColourMode colour = ColourMode::Auto;
  /// `--list-fields`: list the fields instead of rows.
  bool list_fields = false;
};

/// An option about rows. The value is empty when it takes none.
struct RowOption {
  OptionDoc doc;
  Complaint (*apply)(RowChoice& choice, const OptionDoc& option, const std::string& value);
};

/// `group` is the heading above the options, `fields` returns the words for completion.
std::vector<RowOption> row_options(std::string_view group, std::vector<std::string> (*fields)());

/// Only the options that select a format.
std::vector<RowOption> format_options(std::string_view group);

/// The names and aliases of all fields of a table.
std::vector<std::string> words_of(const sockutils::FieldTable& table);

/// The selected format; by default the one for people.
const Format& format_of(const RowChoice& choice);

/// Whether `--columns` gives the complete list of columns.
bool columns_are_exact(const RowChoice& choice);

/// A field by name. Errors, here and below: what is wrong, for people.
tl::expected<const sockutils::Field*, std::string> find_named_field(const sockutils::FieldTable& table,
                                                                    std::string_view name);

/// Applies the changes of `--columns` to `usual`; each field occurs once.
tl::expected<Fields, std::string> choose_fields(const RowChoice& choice, const sockutils::FieldTable& table,
                                                Fields usual);

/// The sort keys of `--sort`.
tl::expected<std::vector<sockutils::SortKey>, std::string> choose_order(const RowChoice& choice,
                                                                        const sockutils::FieldTable& table);

/// The fields of `table` with these names.
Fields named_fields(const sockutils::FieldTable& table, std::span<const std::string_view> names);

/// Like `apply_options()` of common/option_row.h, with the options about rows in addition to those of the
/// tool, whose settings have the choice in `rows`.
template <class Settings>
tl::expected<std::vector<std::string>, std::string> apply_options(std::span<const OptionRow<Settings>> own,
                                                                  const std::vector<RowOption>& about_rows,
                                                                  int argc, const char* const* argv,
                                                                  Settings& settings) {
  std::vector<OptionDoc> docs = docs_of(own);
  for (const RowOption& option : about_rows) docs.push_back(option.doc);
  auto arguments = parse_arguments(argc, argv, docs);
  if (!arguments) return tl::unexpected(std::move(arguments.error()));
  for (const GivenOption& given : arguments->options) {
    const std::string value = given.value.value_or("");
    const bool is_own = given.index < own.size();
    const RowOption* const option = is_own ? nullptr : &about_rows[given.index - own.size()];
    const Complaint complaint =
        is_own ? own[given.index].apply(settings, value) : option->apply(settings.rows, option->doc, value);
    if (complaint) return tl::unexpected(*complaint);
  }
  return std::move(arguments->operands);
}

/// Writes the output of `--list-fields`: for people a table whose last column is wrapped.
void write_field_list(const RowChoice& choice, const sockutils::FieldTable& table, Output& out);

}  // namespace tools
