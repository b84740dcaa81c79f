#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/terminal.h"
#include "common/tool_doc.h"
#include "render/row_choice.h"

namespace tools {

using sockutils::Field;
using sockutils::FieldTable;
using sockutils::OptionalValue;
using sockutils::Type;

namespace {

/// The properties of a field, as fields.
constexpr std::array<Field, 6> FieldFacts{{
    {.name = "name", .title = "NAME", .type = Type::Text, .get = nullptr, .doc = ""},
    {.name = "title", .title = "TITLE", .type = Type::Text, .get = nullptr, .doc = ""},
    {.name = "type", .title = "TYPE", .type = Type::Text, .get = nullptr, .doc = ""},
    {.name = "unit", .title = "UNIT", .type = Type::Text, .get = nullptr, .doc = ""},
    {.name = "doc", .title = "MEANING", .type = Type::Text, .get = nullptr, .doc = ""},
    {.name = "kernel", .title = "SINCE", .type = Type::Text, .get = nullptr, .doc = ""},
}};

OptionalValue text(std::string_view value) { return value.empty() ? std::nullopt : OptionalValue(value); }

void write_for_programs(const RowChoice& choice, const FieldTable& table, Output& out) {
  std::array<const Field*, FieldFacts.size()> columns{};
  std::transform(FieldFacts.begin(), FieldFacts.end(), columns.begin(), [](const Field& f) { return &f; });
  const auto renderer = format_of(choice).make({.fields = columns,
                                                .out = out,
                                                .terminal = examine_terminal(STDOUT_FILENO, choice.colour),
                                                .header = choice.header,
                                                .collection = "fields",
                                                .warnings = false});
  renderer->begin();
  for (const Field* field : table.fields()) {
    const std::array<OptionalValue, FieldFacts.size()> row{text(field->name),       text(field->title),
                                                           text(name(field->type)), text(unit(field->type)),
                                                           text(field->doc),        text(field->kernel)};
    renderer->row(row);
  }
  renderer->end({});
}

/// Widths of the columns before the meaning.
struct FieldWidths {
  std::size_t name = 0;
  std::size_t type = 0;
  std::size_t unit = 0;
  std::size_t kernel = 0;
};

FieldWidths field_widths_of(const FieldTable& table) {
  FieldWidths widths{.name = 4, .type = 4, .unit = 4, .kernel = 5};
  for (const Field* field : table.fields()) {
    widths.name = std::max(widths.name, field->name.size());
    widths.type = std::max(widths.type, name(field->type).size());
    widths.unit = std::max(widths.unit, unit(field->type).size());
    widths.kernel = std::max(widths.kernel, field->kernel.size());
  }
  return widths;
}

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  if (width == 0) return;
  const std::size_t begin = out.size();
  out += text.empty() ? "-" : text;
  out.resize(begin + width + 2, ' ');
}

class FieldPage {
 public:
  FieldPage(std::string& out, const FieldTable& table, std::optional<std::size_t> line_width)
      : out_(out), widths_(field_widths_of(table)) {
    // On a narrow terminal the meaning needs the space more than the unit, which follows from the type.
    constexpr std::size_t Readable = 36;
    if (line_width && indent() + Readable > *line_width) widths_.unit = 0;
    if (line_width && indent() + Readable > *line_width) widths_.kernel = 0;
    line_width_ = line_width ? std::max(*line_width, indent() + Readable / 2) : SIZE_MAX;
  }

  void row(std::string_view name, std::string_view type, std::string_view unit, std::string_view kernel,
           std::string_view meaning) {
    append_padded(out_, name, widths_.name);
    append_padded(out_, type, widths_.type);
    append_padded(out_, unit, widths_.unit);
    append_padded(out_, kernel, widths_.kernel);
    append_wrapped(out_, meaning, {indent(), line_width_});
  }

 private:
  std::size_t indent() const {
    std::size_t sum = 0;
    for (const std::size_t width : {widths_.name, widths_.type, widths_.unit, widths_.kernel}) {
      sum += width == 0 ? 0 : width + 2;
    }
    return sum;
  }

  std::string& out_;
  FieldWidths widths_;
  std::size_t line_width_ = 0;
};

std::string meaning_of(const Field& field) {
  std::string text(field.doc);
  if (field.aliases.empty()) return text;
  text += " (also: ";
  text += field.aliases;
  text += ')';
  return text;
}

/// The meaning is wrapped over several lines, which tables of rows do not support.
void write_for_people(const RowChoice& choice, const FieldTable& table, Output& out) {
  FieldPage page(out.text(), table, examine_terminal(STDOUT_FILENO, choice.colour).width);
  if (choice.header) page.row("NAME", "TYPE", "UNIT", "SINCE", "MEANING");
  for (const Field* field : table.fields()) {
    page.row(field->name, name(field->type), unit(field->type), field->kernel, meaning_of(*field));
  }
}

}  // namespace

void write_field_list(const RowChoice& choice, const FieldTable& table, Output& out) {
  format_of(choice).is_interactive ? write_for_people(choice, table, out)
                                   : write_for_programs(choice, table, out);
}

}  // namespace tools
