#include "sockls/run.h"

#include <unistd.h>

#include "common/messages.h"
#include "sockls/about.h"
#include "sockls/listing.h"
#include "sockls/options.h"
#include "sockls/query.h"
#include "sockls/question.h"
#include "sockls/recording.h"

namespace tools::sockls {
namespace {

ExitCode tell(const Settings& settings, const Messages& messages) {
  Output out(STDOUT_FILENO);
  if (settings.action == Action::Help) write_help(out);
  if (settings.action == Action::Version) write_version(out);
  if (settings.action == Action::ListFields) write_field_list(settings, out);
  return finish_output(out, messages);
}

ExitCode list(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  Listing listing(settings, query);
  const auto report = listing.run();
  return listing.finish(report, messages);
}

ExitCode explain(const UsageError& error, const Messages& messages) {
  error.is_explanation ? messages.explanation(error.text) : messages.usage(error.text);
  return ExitCode::Usage;
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
  fill_closed_descriptors();
  Messages messages("sockls");
  auto line = parse_command_line(argc, argv);
  if (!line) return explain({line.error()}, messages);
  Settings& settings = line->settings;
  if (settings.action != Action::List) return tell(settings, messages);

  if (const auto conflict = recording_conflict(settings, line->filter)) return explain({*conflict}, messages);
  if (settings.record_to) return record(settings, messages);
  if (const auto loaded = load_recording(settings); !loaded) {
    messages.error(loaded.error());
    return ExitCode::Failed;
  }
  const auto query = make_query(settings, line->filter);
  if (!query) return explain(query.error(), messages);
  if (settings.wait) return wait_for_match(settings, *query, messages);
  if (settings.recording && !settings.quiet) tell_origin(*settings.recording, messages);
  return settings.quiet ? answer(settings, *query, messages) : list(settings, *query, messages);
}

}  // namespace tools::sockls
