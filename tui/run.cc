#include "tui/run.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/finish.h"
#include "common/messages.h"
#include "common/output.h"
#include "common/version_text.h"
#include "common/words.h"
#include "sockutils/value.h"
#include "tui/app.h"
#include "tui/batch.h"
#include "tui/collect/collector.h"
#include "tui/collect/player.h"
#include "tui/config.h"
#include "tui/options.h"
#include "tui/view/state.h"

namespace tui {

using tools::ExitCode;

namespace {

ExitCode tell(Task task, const tools::Messages& messages) {
  tools::Output out(STDOUT_FILENO);
  if (task == Task::Help) out.text() += help_text(tool_doc());
  if (task == Task::Version) {
    out.text() += tools::version_text("sockmon");
    out.text() +=
        has_config() ? "  with a configuration file\n" : "  without a configuration file: no toml++\n";
  }
  return tools::finish_output(out, messages);
}

tl::expected<sockutils::Filter, sockutils::FilterError> filter_of(const Settings& settings,
                                                                  const std::string& text) {
  if (text.empty()) return sockutils::Filter();
  return sockutils::Filter::parse(
      text, settings.recording ? settings.recording->filter_names() : sockutils::system_filter_names());
}

/// Without an explicit choice, only kinds that the recording has.
std::vector<sockutils::SocketKind> kinds_of(const Settings& settings) {
  std::vector<sockutils::SocketKind> kinds = settings.kinds.kinds();
  if (!settings.recording || settings.kinds.names_protocols()) return kinds;
  const auto held = settings.recording->kinds();
  std::erase_if(kinds, [&](const sockutils::SocketKind& kind) {
    return std::find(held.begin(), held.end(), kind) == held.end();
  });
  if (!kinds.empty()) return kinds;
  return settings.kinds.names_any() || held.empty() ? settings.kinds.kinds() : held;
}

sockutils::Query query_of(const Settings& settings) {
  sockutils::Query query;
  query.kinds = kinds_of(settings);
  query.numeric = settings.numeric;
  if (settings.listening) query.states = sockutils::ListeningStates;
  const auto protocols = filter_of(settings, settings.kinds.protocol_filter());
  if (protocols) query.filter = *protocols;
  return query;
}

/// Adds the named namespaces to `query`. Returns the error of a name that is wrong.
std::optional<sockutils::Error> add_namespaces(const Settings& settings, sockutils::Query& query) {
  query.all_namespaces = settings.all_namespaces;
  for (const std::string& word : settings.namespaces) {
    auto found = sockutils::find_network_namespace(word);
    if (!found) return found.error();
    query.namespaces.push_back(*std::move(found));
  }
  return std::nullopt;
}

/// Adds a column with their names if there are several namespaces, unless columns were chosen.
void name_namespaces(Settings& settings) {
  const bool several = settings.all_namespaces || settings.namespaces.size() > 1 ||
                       (settings.recording && settings.recording->namespaces().size() > 1);
  if (several && settings.columns == usual_columns())
    settings.columns.insert(settings.columns.begin(), sockutils::find_field("netns_name"));
}

/// The files of `--record` and `--replay`.
struct Tapes {
  std::optional<sockutils::RecordingWriter> recorder;
  std::optional<sockutils::RecordingFile> recorded;
};

/// Errors: what is wrong with the file.
sockutils::Result<Tapes> open_tapes(Settings& settings) {
  Tapes tapes;
  if (settings.record_to) {
    auto recorder = sockutils::RecordingWriter::create(*settings.record_to);
    if (!recorder) return tl::unexpected(recorder.error());
    tapes.recorder = std::move(*recorder);
  }
  if (settings.replay_from) {
    auto file = sockutils::RecordingFile::open(*settings.replay_from);
    if (!file) return tl::unexpected(file.error());
    if (file->size() == 0)
      return tl::unexpected(sockutils::Error{
          0, "read", *settings.replay_from,
          file->damage().empty() ? "the recording is cut: nothing follows its header" : file->damage()});
    auto first = file->read(0);
    if (!first) return tl::unexpected(first.error());
    settings.recording = *std::move(first);
    tapes.recorded = std::move(*file);
  }
  return tapes;
}

SourceMaker source_of(Tapes& tapes) {
  return [&tapes](const ViewRequest& request, std::function<void()> notify) -> std::unique_ptr<FrameSource> {
    if (tapes.recorded)
      return std::make_unique<Player>(RecordingView(std::move(*tapes.recorded)), request, std::move(notify));
    return std::make_unique<Collector>(request, std::move(notify), std::move(tapes.recorder));
  };
}

ExitCode print(const Settings& settings, sockutils::Query query, const sockutils::Filter& filter, Tapes tapes,
               tools::Messages& messages) {
  if (!settings.config_fault.empty()) messages.note(settings.config_fault);
  query.filter = query.filter && filter;
  if (!settings.listening && filter.matches_everything())
    query.states = query.states - sockutils::StateSet{sockutils::State::TimeWait};
  if (tapes.recorded)
    return print_recording(settings, query, RecordingView(std::move(*tapes.recorded)), messages);
  return print_frames(settings, query, std::move(tapes.recorder), messages);
}

void take_remembered(Settings& settings, const Settings& remembered) {
  settings.interval = remembered.interval;
  settings.pane = remembered.pane;
  settings.by_container = remembered.by_container;
  settings.columns = remembered.columns;
  settings.order = remembered.order;
  settings.filters = remembered.filters;
}

void keep(Settings& remembered, const Settings& begun, const Settings& ended,
          const tools::Messages& messages) {
  const std::string path = state_path();
  if (!has_config() || path.empty() || !remember(remembered, begun, ended)) return;
  if (const auto done = write_state(path, config_text(remembered)); !done)
    messages.note("what was chosen is not remembered: " + done.error().message());
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
  tools::fill_closed_descriptors();
  tools::Messages messages("sockmon");
  Settings configured;
  Settings remembered;
  // Scripts must not depend on choices that somebody made interactively.
  const auto alone = parse_command_line(argc, argv, {});
  const bool remembers = alone && alone->settings.task == Task::Watch && !alone->settings.replay_from;
  if (remembers) configured.config_fault = read_config(remembered, state_path()).value_or("");
  take_remembered(configured, remembered);
  if (auto fault = read_config(configured, config_path())) configured.config_fault = *std::move(fault);
  configured.configured_filters.assign(
      configured.filters.begin() + static_cast<std::ptrdiff_t>(remembered.filters.size()),
      configured.filters.end());
  auto line = parse_command_line(argc, argv, configured);
  if (!line) {
    messages.usage(line.error());
    return ExitCode::Usage;
  }
  Settings& settings = line->settings;
  if (settings.task == Task::Help || settings.task == Task::Version) return tell(settings.task, messages);
  auto tapes = open_tapes(settings);
  if (!tapes) {
    messages.error(tapes.error());
    return ExitCode::Failed;
  }
  const std::string text = tools::join(line->filter, " ");
  const auto filter = filter_of(settings, text);
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
  if (settings.task == Task::Watch) {
    const Settings begun = settings;
    const ExitCode code = watch(settings, query, text, source_of(*tapes), messages);
    if (remembers && code == ExitCode::Worked) keep(remembered, begun, settings, messages);
    return code;
  }
  return print(settings, std::move(query), *filter, std::move(*tapes), messages);
}

}  // namespace tui
