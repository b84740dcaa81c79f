#include "sockls/summary.h"

#include <unistd.h>

#include "common/finish.h"
#include "sockls/listing.h"

namespace tools::sockls {

SectionSetup summary_setup(const Format& format, Output& out, const Terminal& terminal, bool header) {
  return {.format = format,
          .out = out,
          .terminal = terminal,
          .header = header,
          .style = summary_cell_style,
          .write_text = write_states};
}

ExitCode summarize(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  sockutils::SummaryOptions options{.owners = settings.shows_owners()};
  if (settings.limit) options.top = *settings.limit;
  const auto summary = sockutils::summarize(query, options);
  const auto report = summary.map([](const sockutils::Summary& made) { return made.report; });
  Output out(STDOUT_FILENO);
  write_sections(summary_setup(format_of(settings.rows), out,
                               examine_terminal(STDOUT_FILENO, settings.rows.colour), settings.rows.header),
                 summary ? summary->sections : std::vector<sockutils::SummarySection>{}, warnings_of(report));
  const ExitCode written = finish_output(out, messages);
  if (written != ExitCode::Worked) return written;
  if (report) return conclude(settings, query, *report, messages);
  messages.error(report.error());
  return ExitCode::Failed;
}

}  // namespace tools::sockls
