#include "sockls/listing.h"

#include <unistd.h>

#include <algorithm>

#include "common/finish.h"
#include "sockls/columns.h"
#include "sockls/query.h"

namespace tools::sockls {

using sockutils::Report;
using sockutils::Result;
using sockutils::Warning;

namespace {

RenderSetup render_setup(const Settings& settings, const sockutils::Query& query,
                         std::span<const sockutils::Field* const> wanted, Output& out) {
  return {.fields = query.fields,
          .out = out,
          .terminal = examine_terminal(STDOUT_FILENO, settings.rows.colour),
          .header = settings.rows.header,
          .wanted = wanted,
          .exact = columns_are_exact(settings.rows)};
}

}  // namespace

std::vector<Warning> warnings_of(const Result<Report>& result) {
  if (result) return result->warnings;
  return {{Warning::Kind::SocketsMissing, result.error().message(), {}}};
}

void say_notes(const Settings& settings, const Report& report, const Messages& messages) {
  if (!settings.verbose) return;
  for (const std::string& note : report.notes) messages.note(note);
}

void say_report(const Settings& settings, const Report& report, Messages& messages) {
  for (const Warning& warning : report.warnings) messages.warning(warning);
  say_notes(settings, report, messages);
}

ExitCode conclude(const Settings& settings, const sockutils::Query& query, const Report& report,
                  Messages& messages) {
  say_report(settings, report, messages);
  return is_incomplete(report.warnings, settings, query) ? ExitCode::Failed : ExitCode::Worked;
}

Listing::Listing(const Settings& settings, const sockutils::Query& query)
    : settings_(settings),
      query_(query),
      wanted_(wanted_fields(settings)),
      out_(STDOUT_FILENO),
      renderer_(format_of(settings.rows).make(render_setup(settings, query, wanted_, out_))) {}

void Listing::begin() {
  if (begun_) return;
  begun_ = true;
  renderer_->begin();
}

Result<Report> Listing::run() {
  return sockutils::list_sockets(query_, [this](sockutils::Values values) {
    begin();
    renderer_->row(values);
    return !out_.error();
  });
}

void Listing::note_left_out(const Messages& messages) const {
  std::string names;
  for (const sockutils::Field* field : renderer_->left_out()) {
    if (std::find(wanted_.begin(), wanted_.end(), field) == wanted_.end()) continue;
    if (!names.empty()) names += ", ";
    names += field->name;
  }
  if (names.empty()) return;
  messages.note("no room for " + names + " (a wider terminal, a pipe or fewer --columns would show them)");
}

ExitCode Listing::finish(const Result<Report>& result, Messages& messages) {
  begin();
  const std::vector<Warning> warnings = warnings_of(result);
  renderer_->end(warnings);
  const ExitCode written = finish_output(out_, messages);
  if (written != ExitCode::Worked) return written;
  note_left_out(messages);
  if (!result) {
    messages.error(result.error());
    return ExitCode::Failed;
  }
  return conclude(settings_, query_, *result, messages);
}

}  // namespace tools::sockls
