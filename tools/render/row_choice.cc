#include "render/row_choice.h"

#include <algorithm>
#include <utility>

#include "common/option_row.h"
#include "common/words.h"

namespace tools {

using sockutils::Field;
using sockutils::FieldTable;

namespace {

char take_sign(std::string_view& word) {
  if (word.empty() || (word[0] != '+' && word[0] != '-')) return 0;
  const char sign = word[0];
  word.remove_prefix(1);
  return sign;
}

ColumnChange::Kind change_of(char sign) {
  if (sign == '+') return ColumnChange::Kind::Add;
  return sign == '-' ? ColumnChange::Kind::Take : ColumnChange::Kind::Exactly;
}

/// `a,b` or `+a,-b`.
Complaint add_columns(RowChoice& choice, const OptionDoc&, const std::string& list) {
  std::vector<ColumnChange> changes;
  for (std::string_view word : split_list(list)) {
    const ColumnChange::Kind kind = change_of(take_sign(word));
    if (word.empty()) return "empty field name";
    const bool exact = kind == ColumnChange::Kind::Exactly;
    if (!changes.empty() && exact != (changes.front().kind == ColumnChange::Kind::Exactly))
      return "--columns takes either names, or names with + and - before each";
    changes.push_back({kind, std::string(word)});
  }
  choice.columns.insert(choice.columns.end(), changes.begin(), changes.end());
  return std::nullopt;
}

Complaint add_order(RowChoice& choice, const OptionDoc&, const std::string& list) {
  for (const std::string_view word : split_list(list)) choice.order.emplace_back(word);
  return std::nullopt;
}

Complaint choose_format(RowChoice& choice, const OptionDoc& option, const std::string&) {
  const auto all = formats();
  const Format& chosen =
      *std::find_if(all.begin(), all.end(), [&](const Format& format) { return format.name == option.word; });
  const Format* const before = std::exchange(choice.format, &chosen);
  if (before == nullptr || before == &chosen) return std::nullopt;
  return "--" + std::string(before->name) + " and --" + std::string(option.word) + " exclude each other";
}

Complaint list_fields(RowChoice& choice, const OptionDoc&, const std::string&) {
  choice.list_fields = true;
  return std::nullopt;
}

Complaint no_header(RowChoice& choice, const OptionDoc&, const std::string&) {
  choice.header = false;
  return std::nullopt;
}

Complaint choose_colour(RowChoice& choice, const OptionDoc&, const std::string& word) {
  return set_colour(choice, word);
}

void take_duplicates(Fields& fields) {
  Fields unique;
  for (const Field* field : fields) {
    if (std::find(unique.begin(), unique.end(), field) == unique.end()) unique.push_back(field);
  }
  fields = std::move(unique);
}

}  // namespace

std::vector<RowOption> format_options(std::string_view group) {
  std::vector<RowOption> options;
  for (const Format& format : formats())
    if (!format.name.empty())
      options.push_back({{0, format.name, {}, group, format.help, format.details}, choose_format});
  return options;
}

std::vector<RowOption> row_options(std::string_view group, std::vector<std::string> (*fields)()) {
  std::vector<RowOption> options{
      {{0,
        "columns",
        {"LIST", false, fields, true, "+-"},
        group,
        "these fields, as in a,b; or +a,-b",
        "Without signs the list is exactly what is shown. With `+` and `-` it adds to the usual columns and "
        "takes from them. `--list-fields` names all."},
       add_columns},
      {{0,
        "list-fields",
        {},
        group,
        "all fields and what they mean",
        "With `--json`, `--jsonl` or `--csv` for programs."},
       list_fields},
      {{0,
        "sort",
        {"LIST", false, fields, true, "-"},
        group,
        "by these fields; - before one: descending",
        "Rows without a value come last."},
       add_order}};
  for (RowOption& option : format_options(group)) options.push_back(option);
  options.push_back({{'H', "no-header", {}, group, "no heading"}, no_header});
  options.push_back({{0,
                      "color",
                      {"WHEN", false, colour_words},
                      group,
                      "auto, always or never",
                      "`auto` uses colours on a terminal unless the environment has `NO_COLOR`."},
                     choose_colour});
  return options;
}

std::vector<std::string> words_of(const FieldTable& table) {
  std::vector<std::string> words;
  for (const Field* const field : table.fields()) words.emplace_back(field->name);
  return words;
}

const Format& format_of(const RowChoice& choice) {
  return choice.format != nullptr ? *choice.format : formats().front();
}

bool columns_are_exact(const RowChoice& choice) {
  return std::any_of(choice.columns.begin(), choice.columns.end(),
                     [](const ColumnChange& change) { return change.kind == ColumnChange::Kind::Exactly; });
}

tl::expected<const Field*, std::string> find_named_field(const FieldTable& table, std::string_view name) {
  if (name.empty()) return tl::unexpected<std::string>("empty field name");
  if (const Field* field = table.find(name)) return field;
  std::string text = "unknown field '" + std::string(name) + "'";
  const std::string_view meant = table.suggest(name);
  text += meant.empty() ? "; --list-fields names them all" : ", did you mean " + std::string(meant) + "?";
  return tl::unexpected(std::move(text));
}

tl::expected<Fields, std::string> choose_fields(const RowChoice& choice, const FieldTable& table,
                                                Fields usual) {
  Fields fields = columns_are_exact(choice) ? Fields() : std::move(usual);
  for (const ColumnChange& change : choice.columns) {
    const auto field = find_named_field(table, change.name);
    if (!field) return tl::unexpected(field.error());
    if (change.kind == ColumnChange::Kind::Take) {
      std::erase(fields, *field);
    } else {
      fields.push_back(*field);
    }
  }
  take_duplicates(fields);
  if (fields.empty()) return tl::unexpected<std::string>("--columns leaves nothing to show");
  return fields;
}

tl::expected<std::vector<sockutils::SortKey>, std::string> choose_order(const RowChoice& choice,
                                                                        const FieldTable& table) {
  std::vector<sockutils::SortKey> keys;
  for (std::string_view word : choice.order) {
    const char sign = take_sign(word);
    const auto field = find_named_field(table, word);
    if (!field) return tl::unexpected(field.error());
    keys.push_back({*field, sign == '-'});
  }
  return keys;
}

Fields named_fields(const FieldTable& table, std::span<const std::string_view> names) {
  Fields fields;
  for (const std::string_view name : names) {
    if (const Field* field = table.find(name)) fields.push_back(field);
  }
  return fields;
}

}  // namespace tools
