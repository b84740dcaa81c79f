#include "tui/run.h"

#include <unistd.h>

#include <cerrno>

#include "common/finish.h"
#include "common/messages.h"
#include "common/output.h"
#include "common/words.h"
#include "sockutils/format.h"
#include "sockutils/version.h"
#include "tui/app.h"
#include "tui/batch.h"
#include "tui/config.h"
#include "tui/options.h"

namespace tui {

using tools::ExitCode;

namespace {

ExitCode tell(Task task, const tools::Messages& messages) {
  tools::Output out(STDOUT_FILENO);
  if (task == Task::Help) out.text() += help_text(tool_doc());
  if (task == Task::Version) {
    out.text() += "sockmon " + sockutils::version() + '\n';
    out.text() +=
        has_config() ? "  with a configuration file\n" : "  without a configuration file: no toml++\n";
  }
  return tools::finish_output(out, messages);
}

tl::expected<sockutils::Filter, sockutils::FilterError> filter_of(const std::string& text) {
  if (text.empty()) return sockutils::Filter();
  return sockutils::Filter::parse(text, sockutils::system_filter_names());
}

sockutils::Query query_of(const Settings& settings) {
  sockutils::Query query;
  query.kinds = settings.kinds.kinds();
  query.numeric = settings.numeric;
  if (settings.listening) query.states = sockutils::ListeningStates;
  const auto protocols = filter_of(settings.kinds.protocol_filter());
  if (protocols) query.filter = *protocols;
  return query;
}

/// What is wrong with the names of namespaces; their namespaces go into `query`.
std::optional<sockutils::Error> add_namespaces(const Settings& settings, sockutils::Query& query) {
  query.all_namespaces = settings.all_namespaces;
  for (const std::string& word : settings.namespaces) {
    auto found = sockutils::find_network_namespace(word);
    if (!found) return found.error();
    query.namespaces.push_back(*std::move(found));
  }
  return std::nullopt;
}

/// Several namespaces are told apart by their names, unless columns were chosen.
void name_namespaces(Settings& settings) {
  const bool several = settings.all_namespaces || settings.namespaces.size() > 1;
  if (several && settings.columns == usual_columns())
    settings.columns.insert(settings.columns.begin(), sockutils::find_field("netns_name"));
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
  tools::fill_closed_descriptors();
  tools::Messages messages("sockmon");
  Settings configured;
  if (auto fault = read_config(configured, config_path())) configured.config_fault = *std::move(fault);
  auto line = parse_command_line(argc, argv, configured);
  if (!line) {
    messages.usage(line.error());
    return ExitCode::Usage;
  }
  Settings& settings = line->settings;
  if (settings.task == Task::Help || settings.task == Task::Version) return tell(settings.task, messages);
  const std::string text = tools::join(line->filter, " ");
  const auto filter = filter_of(text);
  if (!filter) {
    messages.explanation(filter.error().explain(text));
    return ExitCode::Usage;
  }
  sockutils::Query query = query_of(settings);
  if (const auto fault = add_namespaces(settings, query)) {
    const bool is_usage = fault->code == ENOENT || fault->code == ESRCH || fault->code == EINVAL;
    if (is_usage) {
      messages.usage("--netns " + fault->subject + ": " + fault->detail);
      return ExitCode::Usage;
    }
    messages.error(*fault);
    return ExitCode::Failed;
  }
  name_namespaces(settings);
  if (settings.task == Task::Batch && !settings.config_fault.empty()) messages.note(settings.config_fault);
  if (settings.task == Task::Watch) return watch(settings, query, text, messages);
  query.filter = query.filter && *filter;
  if (!settings.listening && filter->matches_everything())
    query.states = query.states - sockutils::StateSet{sockutils::State::TimeWait};
  return print_frames(settings, query, messages);
}

}  // namespace tui
