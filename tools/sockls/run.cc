#include "sockls/run.h"

#include <unistd.h>

#include "common/finish.h"
#include "common/messages.h"
#include "sockls/about.h"
#include "sockls/columns.h"
#include "sockls/follow.h"
#include "sockls/groups.h"
#include "sockls/kill.h"
#include "sockls/listing.h"
#include "sockls/options.h"
#include "sockls/query.h"
#include "sockls/question.h"
#include "sockls/recording.h"
#include "sockls/summary.h"
#include "sockls/watch.h"

namespace tools::sockls {
namespace {

ExitCode tell(const Settings& settings, const Messages& messages) {
  Output out(STDOUT_FILENO);
  if (settings.rows.list_fields) write_field_list(settings.rows, row_table(settings), out);
  if (settings.action == Action::Help) write_help(out);
  if (settings.action == Action::Version) write_version(out);
  return finish_output(out, messages);
}

ExitCode list(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  Listing listing(settings, query);
  const auto report = listing.run();
  return listing.finish(report, messages);
}

/// `--summary` and `--group-by`: what is waited for is a socket, as ever.
ExitCode count(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  if (settings.wait) {
    Settings question = settings;
    question.quiet = true;
    const ExitCode code = wait_for_match(question, query, messages);
    if (code != ExitCode::Worked) return code;
  }
  return settings.summary ? summarize(settings, query, messages) : list_groups(settings, query, messages);
}

ExitCode explain(const UsageError& error, const Messages& messages) {
  if (error.is_failure) {
    messages.error({0, error.text, {}, {}});
    return ExitCode::Failed;
  }
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
  if (settings.asks_about_itself()) return tell(settings, messages);

  if (const auto conflict = recording_conflict(settings, line->filter)) return explain({*conflict}, messages);
  if (settings.record_to) {
    auto everything = record_query(settings);
    if (const auto error = add_namespaces(everything, settings)) return explain(*error, messages);
    return record(settings, everything, messages);
  }
  if (const auto loaded = load_recording(settings); !loaded) {
    messages.error(loaded.error());
    return ExitCode::Failed;
  }
  const auto query = make_query(settings, line->filter);
  if (!query) return explain(query.error(), messages);
  if (settings.action == Action::Kill && query->filter.matches_everything())
    return explain({"--kill needs a filter that says which sockets"}, messages);
  if (const auto complaint = check_counting(settings)) return explain({*complaint}, messages);
  if (!settings.quiet && (settings.summary || settings.is_grouped()))
    return count(settings, *query, messages);
  if (settings.action == Action::Kill) return kill_matching(settings, *query, messages);
  if (settings.action == Action::Watch) return watch(settings, *query, line->filter, messages);
  if (settings.action == Action::Follow) return follow(settings, *query, messages);
  if (settings.wait) return wait_for_match(settings, *query, messages);
  if (settings.recording && !settings.quiet) tell_origin(*settings.recording, messages);
  return settings.quiet ? answer(settings, *query, messages) : list(settings, *query, messages);
}

}  // namespace tools::sockls
