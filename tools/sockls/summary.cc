#include "sockls/summary.h"

#include <unistd.h>

#include <algorithm>

#include "common/finish.h"
#include "sockls/listing.h"

namespace tools::sockls {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::SummarySection;

namespace {

constexpr Field SectionField{
    .name = "section", .title = "SECTION", .type = sockutils::Type::Text, .get = nullptr, .doc = {}};

std::size_t column_of(std::vector<const Field*>& fields, const Field* field) {
  const auto found = std::find(fields.begin(), fields.end(), field);
  if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
  fields.push_back(field);
  return fields.size() - 1;
}

/// Formats of rows get one row for each of every section, with the fields of all of them.
void write_rows(Output& out, const SummaryStyle& style, std::span<const SummarySection> sections,
                std::span<const sockutils::Warning> warnings) {
  std::vector<const Field*> fields{&SectionField};
  for (const SummarySection& section : sections)
    for (const Field* field : section.fields()) column_of(fields, field);
  const auto renderer = style.format.make({.fields = fields,
                                           .out = out,
                                           .terminal = style.terminal,
                                           .header = style.header,
                                           .exact = true,
                                           .collection = "summary"});
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

}  // namespace

void write_summary(Output& out, const SummaryStyle& style, std::span<const SummarySection> sections,
                   std::span<const sockutils::Warning> warnings) {
  if (style.format.is_interactive) return write_summary_text(out, style, sections);
  if (style.format.write_sections != nullptr) return style.format.write_sections(out, sections, warnings);
  write_rows(out, style, sections, warnings);
}

ExitCode summarize(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  sockutils::SummaryOptions options{.owners = settings.shows_owners()};
  if (settings.limit) options.top = *settings.limit;
  const auto summary = sockutils::summarize(query, options);
  const auto report = summary.map([](const sockutils::Summary& made) { return made.report; });
  Output out(STDOUT_FILENO);
  const SummaryStyle style{format_of(settings.rows), examine_terminal(STDOUT_FILENO, settings.rows.colour),
                           settings.rows.header};
  if (summary || !style.format.is_interactive)
    write_summary(out, style, summary ? summary->sections : std::vector<SummarySection>{},
                  warnings_of(report));
  const ExitCode written = finish_output(out, messages);
  if (written != ExitCode::Worked) return written;
  if (report) return conclude(settings, query, *report, messages);
  messages.error(report.error());
  return ExitCode::Failed;
}

}  // namespace tools::sockls
