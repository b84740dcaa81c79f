#include "render/sections.h"

#include <algorithm>

#include "render/json_value.h"

namespace tools {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::SummarySection;

using Sections = std::span<const SummarySection>;
using Warnings = std::span<const sockutils::Warning>;

constexpr Field SectionField{
    .name = "section", .title = "SECTION", .type = sockutils::Type::Text, .get = nullptr, .doc = {}};

void write_table(const SectionSetup& setup, const SummarySection& section) {
  std::string& text = setup.out.text();
  append_heading(setup, section.title());
  const auto table = setup.format.make({.fields = section.fields(),
                                        .out = setup.out,
                                        .terminal = setup.terminal,
                                        .header = setup.header,
                                        .style = setup.style});
  table->begin();
  for (std::size_t i = 0; i < section.size(); ++i) table->row(section[i]);
  table->end({});
  if (section.left_out() == 0) return;
  if (!setup.format.is_interactive) text += '\n';
  text += "... and " + std::to_string(section.left_out()) + " more\n";
}

void write_tables(const SectionSetup& setup, Sections sections) {
  bool first = true;
  for (const SummarySection& section : sections) {
    if (section.size() == 0) continue;
    if (!first) setup.out.text() += '\n';
    first = false;
    const bool written =
        setup.format.is_interactive && setup.write_text != nullptr && setup.write_text(setup, section);
    if (!written) write_table(setup, section);
    setup.out.commit();
  }
}

std::size_t column_of(std::vector<const Field*>& fields, const Field* field) {
  const auto found = std::find(fields.begin(), fields.end(), field);
  if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
  fields.push_back(field);
  return fields.size() - 1;
}

void write_rows(const SectionSetup& setup, Sections sections, Warnings warnings) {
  std::vector<const Field*> fields{&SectionField};
  for (const SummarySection& section : sections)
    for (const Field* field : section.fields()) column_of(fields, field);
  const auto renderer = setup.format.make({.fields = fields,
                                           .out = setup.out,
                                           .terminal = setup.terminal,
                                           .header = setup.header,
                                           .exact = true,
                                           .collection = setup.collection});
  renderer->begin();
  for (const SummarySection& section : sections) {
    for (std::size_t i = 0; i < section.size(); ++i) {
      std::vector<OptionalValue> row(fields.size());
      row[0] = section.name();
      for (std::size_t c = 0; c < section.fields().size(); ++c)
        row[column_of(fields, section.fields()[c])] = section[i][c];
      renderer->row(row);
    }
  }
  renderer->end(warnings);
}

void append_key(std::string& out, std::string_view name) {
  out += '"';
  out += name;
  out += "\": ";
}

/// An array of `size` elements, each on its own line.
template <class Append>
void append_array(std::string& out, std::size_t size, const Append& append) {
  out += '[';
  for (std::size_t i = 0; i < size; ++i) {
    out += i == 0 ? "\n" : ",\n";
    append(i);
  }
  out += size == 0 ? "]" : "\n]";
}

void append_left_out(std::string& out, Sections sections) {
  append_key(out, "left_out");
  char before = '{';
  for (const SummarySection& section : sections) {
    if (section.left_out() == 0) continue;
    out += before;
    if (before == ',') out += ' ';
    append_key(out, section.name());
    out += std::to_string(section.left_out());
    before = ',';
  }
  out += before == '{' ? "{}" : "}";
}

void write_document(const SectionSetup& setup, Sections sections, Warnings warnings) {
  std::string& out = setup.out.text();
  out += '{';
  append_key(out, setup.collection);
  out += "{\n";
  for (const SummarySection& section : sections) {
    append_key(out, section.name());
    JsonAppender json(out, section.fields());
    append_array(out, section.size(), [&](std::size_t i) { json.row(section[i]); });
    out += ",\n";
  }
  append_left_out(out, sections);
  out += "\n}, ";
  append_key(out, "warnings");
  JsonAppender json(out, {});
  append_array(out, warnings.size(), [&](std::size_t i) { json.warning(warnings[i]); });
  out += "}\n";
}

}  // namespace

void append_heading(const SectionSetup& setup, std::string_view words) {
  std::string& text = setup.out.text();
  const bool coloured = setup.terminal.colour && setup.format.is_interactive;
  text += setup.format.heading;
  if (coloured) text += style_sequence(CellStyle::Heading);
  text += words;
  if (coloured) text += StyleEnd;
  text += setup.format.is_interactive ? "\n" : "\n\n";
}

void write_sections(const SectionSetup& setup, Sections sections, Warnings warnings) {
  switch (setup.format.sections) {
    case SectionForm::Tables:
      return write_tables(setup, sections);
    case SectionForm::Rows:
      return write_rows(setup, sections, warnings);
    case SectionForm::Document:
      return write_document(setup, sections, warnings);
  }
}

}  // namespace tools
